"""Who may do what, gesture by gesture: the table of docs/roles.md, and each of its cells asked of the service itself."""
