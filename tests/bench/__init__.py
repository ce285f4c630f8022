"""Measurements: what Handrail's promises cost, beside the plain way, in one run."""
