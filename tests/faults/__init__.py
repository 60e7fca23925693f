"""What breaks while it works: real processes, killed without warning."""
