"""The platforms mentions come from, each a room of its own: client, mapping, source."""
