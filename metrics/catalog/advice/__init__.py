"""What moves each metric and what to try, one module for each of the catalogue."""
