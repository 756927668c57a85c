"""The letters' texts as shipped, one file a kind; a commune writes its own from the application."""
