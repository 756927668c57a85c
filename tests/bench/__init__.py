"""The measures themselves: that they run."""
