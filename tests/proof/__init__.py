"""Packages, their check, and everything that must not pass it."""
