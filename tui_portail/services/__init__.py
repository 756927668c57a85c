"""The gestures of the desk: one public function, one gesture, one transaction.

Services lock, load, ask the pure rules, write, number, journal and return plain frozen values; they know no widget.
They may import models, receipts, printing, commune files, settings and the pure modules.
"""
