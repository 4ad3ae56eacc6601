"""Mentions from a Mastodon account, or one of the servers that speak its API."""
