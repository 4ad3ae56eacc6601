"""The tests; folders mirror what they test and how (see CONTRIBUTING.md)."""
