"""Which extracts there are, how far each has come, and which one of a period is current."""
