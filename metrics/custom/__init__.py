"""Metrics that people make in the browser: what they are, where they come from."""
