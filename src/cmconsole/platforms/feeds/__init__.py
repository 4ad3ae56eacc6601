"""Mentions from RSS and Atom feeds: blogs, news alerts, forums."""
