"""The pure part of Handrail: records, canonical bytes, keys and proofs as arithmetic.

Nothing here reads a clock, a disk or a network. Everything it needs comes as an argument.
"""
