"""Proof that stands without us: packages, and the check of a package (DESIGN D9, D10).

`verify.py` is written to be read and run alone: it imports nothing of Handrail.
"""
