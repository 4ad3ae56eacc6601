"""Text, author and context in; a verdict with its reasons out. Pure: no I/O, no clock."""
