"""What works without a person: intake, waking, housekeeping, each under supervision, behind one lease."""
