"""Where captures are kept: the inbox, the sealed objects, the custody log and its index."""
