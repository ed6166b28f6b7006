"""Measurements, never tests: only ratios within one run travel from machine to machine."""
