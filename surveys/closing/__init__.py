"""Closing the loop: from an answer that worries to an outcome, and asking again."""
