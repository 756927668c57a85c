"""Tests of the pure rules and of the services; calendars and policies to build them with."""
