"""What a person can see (views) and do (commands) at the desk, on whatever screen."""
