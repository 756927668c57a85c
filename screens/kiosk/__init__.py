"""The families' side: the application of the mairie's public computer, and of a browser.

Large text, few keys, everything also by mouse or touch; it forgets everything after a rest. It may import the pure values, the
services, and what the desk's screens share: threads, plain text, themes.
"""
