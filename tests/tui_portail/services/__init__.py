"""The gestures of the desks, on both engines."""
