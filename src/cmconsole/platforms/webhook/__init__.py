"""Mentions and tips over HTTP: whatever can post JSON can feed the desk."""
