"""Pictures from elsewhere, read where they can do no harm.

`pictures` is what the rest of Handrail calls; `child` is the process that does the reading, alone
and with limits; `limits` is what both agree on. Nothing here keeps anything.
"""
