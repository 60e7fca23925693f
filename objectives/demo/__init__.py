"""Fjordlight, a made-up company with two years of customer work, for demonstrations.

Pure modules tell what happened (`world`); `loading` writes it down through the same
services that imports and people use.
"""
