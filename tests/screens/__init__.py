"""Pictures of every screen, made from invented things: `python -m tests.screens`.

    scenes   a service in a temporary folder with an invented case in it
    camera   a real Chromium, and the ways a screen is looked at
    pages    the dashboard's screens by name
    panel    the panel's screens by name
    journey  the panel as it stands beside a page

Anything with a page in a browser can be added: a list of `camera.Screen`.
"""
