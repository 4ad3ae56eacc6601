"""Replies as a person makes them: written, guarded, approved, taken back; the engine sends them."""
