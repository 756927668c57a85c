"""The application driven through its keys, and its widgets alone."""
