"""The console on the terminal."""
