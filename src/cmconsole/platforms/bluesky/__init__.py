"""Mentions from a Bluesky account, and replies to them, over XRPC by hand."""
