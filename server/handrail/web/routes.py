"""Every address of the service, in one table. Who may call is decided before (`guard`)."""

from __future__ import annotations

from aiohttp import web

from . import (
    api,
    assets,
    connecting,
    handing,
    locking,
    messages,
    noting,
    numbered_pages,
    pages,
    practice,
)

API = [
    # For a paired browser. It may append; it may never read or delete.
    web.post("/api/envelopes", api.receive_envelope),
    web.post("/api/status", api.status),
    web.post("/api/ticket", api.ticket),
    web.post("/api/pair/start", api.pair_start),
    web.post("/api/pair/reveal", api.pair_reveal),
    web.post("/api/pair/finish", api.pair_finish),
]

WAY_IN = [
    # Without data.
    web.get("/enter", pages.enter_page),
    web.post("/enter", pages.enter),
    web.get("/static/{name}", assets.static),
]

ROUTES = [
    *API,
    *WAY_IN,
    # Saved.
    web.get("/", pages.saved),
    web.get("/captures/{capture}", pages.capture_page),
    web.get("/captures/{capture}/picture", pages.picture),
    web.get("/captures/{capture}/pictures/{number}", pages.tile),
    web.get("/captures/{capture}/text", pages.text),
    web.get("/captures/{capture}/messages", messages.messages),
    web.get("/captures/{capture}/pages", numbered_pages.first),
    web.get("/captures/{capture}/pages/progress", numbered_pages.progress),
    web.get("/captures/{capture}/pages/{number}", numbered_pages.numbered_page),
    web.get("/captures/{capture}/pages/{number}/picture", numbered_pages.picture),
    web.get("/captures/{capture}/exhibits/{number}", pages.exhibit),
    web.post("/captures/{capture}/notes", noting.add_note),
    # What to do.
    web.get("/what-to-do", pages.todo),
    # Hand over.
    web.get("/hand-over", handing.hand_over),
    web.post("/hand-over", handing.make_package),
    web.get("/hand-over/{export}", handing.package_page),
    web.get("/hand-over/{export}/progress", handing.package_progress),
    web.post("/hand-over/{export}/cancel", handing.cancel_package),
    web.get("/hand-over/{export}/file", handing.package_file),
    # Safety.
    web.get("/safety", connecting.safety),
    web.get("/safety/protect", locking.protect_page),
    web.post("/safety/protect", locking.protect),
    web.post("/lock", locking.lock),
    web.get("/connect", connecting.connect_page),
    web.get("/connect/state", connecting.connect_state),
    web.post("/connect/answer", connecting.connect_answer),
    web.post("/connect/forget", connecting.connect_forget),
    # The practice pages: invented, to try everything safely.
    web.get("/practice/chat", practice.chat),
    web.get("/practice/profile", practice.profile),
]

LOCKED_ROUTES = [
    *API,
    *WAY_IN,
    # Whatever is asked for, the page is the unlock form and nothing else.
    web.post("/unlock", locking.unlock),
    web.get("/{anything:.*}", locking.unlock_page),
]
