"""Every address of the service, in one table. Who may call is decided before (`guard`)."""

from __future__ import annotations

from aiohttp import web

from . import api, pages, practice

ROUTES = [
    # The API, for a paired browser. It may append; it may never read or delete.
    web.post("/api/envelopes", api.receive_envelope),
    web.post("/api/status", api.status),
    web.post("/api/ticket", api.ticket),
    web.post("/api/pair/start", api.pair_start),
    web.post("/api/pair/reveal", api.pair_reveal),
    web.post("/api/pair/finish", api.pair_finish),
    # The way in, without data.
    web.get("/enter", pages.enter_page),
    web.post("/enter", pages.enter),
    web.get("/static/{name}", pages.static),
    # Saved.
    web.get("/", pages.saved),
    web.get("/captures/{capture}", pages.capture_page),
    web.get("/captures/{capture}/picture", pages.picture),
    web.get("/captures/{capture}/text", pages.text),
    web.get("/captures/{capture}/exhibits/{number}", pages.exhibit),
    # What to do.
    web.get("/what-to-do", pages.todo),
    # Hand over.
    web.get("/hand-over", pages.hand_over),
    web.post("/hand-over", pages.make_package),
    web.get("/hand-over/{export}", pages.package_page),
    web.get("/hand-over/{export}/progress", pages.package_progress),
    web.post("/hand-over/{export}/cancel", pages.cancel_package),
    web.get("/hand-over/{export}/file", pages.package_file),
    # Safety.
    web.get("/safety", pages.safety),
    web.get("/connect", pages.connect_page),
    web.get("/connect/state", pages.connect_state),
    web.post("/connect/answer", pages.connect_answer),
    web.post("/connect/forget", pages.connect_forget),
    # The practice pages: invented, to try everything safely.
    web.get("/practice/chat", practice.chat),
    web.get("/practice/profile", practice.profile),
]
