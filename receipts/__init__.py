"""Documents handed to a family, quittance (sheet and ticket) and avoir note: plain dataclasses, drawn as PDF.

Everything here is a function from a document to bytes, and the same document gives the same bytes for ever.
It may import reportlab, num2words and the pure modules of `tui_portail` (`french`, `money`): no database, no screen,
no clock.
"""
