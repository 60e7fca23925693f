"""Speed as ratios of one run; see __main__."""
