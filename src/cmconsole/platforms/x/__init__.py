"""Mentions from X and replies to them, by its API version 2."""
