"""Documents of the régie, plain dataclasses drawn as PDF: for a family the quittance (sheet and ticket), the avoir note and the tax
certificate; for the régie and the ordonnateur the closing sheet, the deposit slip, the registers and the list of refunds.

Everything here is a function from a document to bytes, and the same document gives the same bytes for ever.
It may import reportlab, num2words and the pure modules of `tui_portail` (`french`, `money`): no database, no screen,
no clock.
"""
