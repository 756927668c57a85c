"""Several desks at once: real processes on both engines, each race preceded by a control that shows it when the lock is left out."""
