"""Leagues: what may be said of many providers side by side, and how surely."""
