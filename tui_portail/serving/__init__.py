"""The families' kiosk in a browser: who may come in, one process a connection, and the few pages around it.

`server` answers, `session` holds one visitor's process, `pages` writes HTML, `side_pages` answers the links of e-mails and of PayFiP;
`limits`, `visitors` and `browser_words` are pure. It imports settings and pure rules, never a service or a screen: what a page must do is
given to the server.
"""
