"""Rows in: which records there are, how tables become rows, and who writes them."""
