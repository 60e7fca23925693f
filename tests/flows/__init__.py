"""Whole stories, on real processes and in a real browser."""
