"""Alert rules on the status of a key result."""
