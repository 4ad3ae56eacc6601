"""The settings: their schema, where they are, how they are read, and the language they choose."""
