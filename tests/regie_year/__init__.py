"""A year of the régie told twice: by the services, and by a small model that shares nothing with them but the prices."""
