"""Pictures of every screen, made from invented things: `python -m tests.screens`.

    scenes   a service in a temporary folder with an invented case in it
    camera   a real Chromium, and the four ways a screen is looked at
    pages    the dashboard's screens by name

Anything with a page in a browser can be added: a list of `camera.Screen`.
"""
