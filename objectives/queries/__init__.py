"""Reads for the pages on objectives; each returns what one page prints."""
