"""Mentions from NDJSON: one JSON object a line, from a file, a growing file or standard input."""
