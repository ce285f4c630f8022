"""Errors become answers here and nowhere else.

To the browser's extension: JSON `{"error":{"code":…,"message":…}}`. To a person: a page that says
what happened, that nothing was lost, and what to do next, in the words of the catalogue. An error
that nobody raised on purpose is logged by type and place only: its text could hold a page's words.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path

import msgspec
from aiohttp import web

from ..core.errors import HandrailError
from ..core.messages import ErrorAnswer, ErrorDetail
from . import keys

log = logging.getLogger(__name__)


def translate(error: Exception) -> HandrailError:
    """Return our error for any error."""
    if isinstance(error, HandrailError):
        return error
    if isinstance(error, web.HTTPNotFound):
        return HandrailError("no-such-page", "there is no such page", status=404)
    if isinstance(error, web.HTTPMethodNotAllowed):
        return HandrailError("method-refused", "this address does not do that", status=405)
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return HandrailError("too-large", "the body is larger than allowed", status=413)
    if isinstance(error, web.HTTPException) and error.status < 500:
        return HandrailError("bad-request", "this request is not one we know", status=error.status)
    log.error("unexpected %s at %s", type(error).__name__, _place(error))
    return HandrailError("internal", "something went wrong inside Handrail")


def _place(error: Exception) -> str:
    """Return where in Handrail an error came from: file and line, and nothing of what it says."""
    ours = Path(__file__).parent.parent
    frames = traceback.extract_tb(error.__traceback__)
    places = [frame for frame in frames if Path(frame.filename).is_relative_to(ours)]
    return f"{Path(places[-1].filename).name}:{places[-1].lineno}" if places else "?"


def json_answer(error: HandrailError) -> web.Response:
    """Return the one shape of errors for programs."""
    told = ErrorAnswer(error=ErrorDetail(code=error.code, message=error.message))
    return web.Response(
        body=msgspec.json.encode(told), status=error.status, content_type="application/json"
    )


def answer_for(request: web.Request, error: Exception) -> web.StreamResponse:
    """Return the answer for an error, in the form of the host that was asked."""
    if isinstance(error, web.HTTPException) and error.status < 400:
        return error  # a redirect is an answer
    ours = translate(error)
    wants_json = request.headers.get("Accept", "") == "application/json"
    if wants_json or request.headers.get("Host") == request.app[keys.HOSTS].api:
        return json_answer(ours)
    return request.app[keys.ERROR_PAGE](request, ours)
