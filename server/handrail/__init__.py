"""Handrail: save what is on the screen as evidence that others can check.

The layers, from the outside in: `__main__`, `app`, `web`, then `vault`, `proof` and `imaging`
side by side, then `core`, which points nowhere. `system` is the one module that speaks to the
operating system.
"""

__version__ = "0.1.0"
