"""A PayFiP of this machine, for tests and demonstrations: nothing is paid, no bank is asked.

It speaks SOAP as the WSDL of the real one says (`soap`), keeps payments as the Trésor does (`tresor`), shows a page where the payer chooses
the outcome (`page`), and breaks on demand (`faults`); `server` puts them on a port of 127.0.0.1. It may import `tui_portail.payfip` and the
pure modules, and needs no more than the extra « paiement ».
"""
