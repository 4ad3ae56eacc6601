"""The benchmarks: every speed claim is a ratio between two things measured in the same run."""
