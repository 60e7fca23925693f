"""Scorecards: what the pages of teams, the company and single people show.

Read models, never stored. What a number says of a key result comes from its stored
evaluation; only comparisons with colleagues ask the engine.
"""
