"""The model layer, on both engines."""
