"""The page of a conversation, a whole page and a profile: what is there, and what is missing."""

from __future__ import annotations

import io
import secrets
import time
import zipfile
from typing import Any

import pytest

from handrail.core import canonical
from handrail.core.envelope import Kind
from handrail.web.application import load_catalogue
from handrail.web.views import when_of
from tests.builders import (
    TakenConversation,
    a_conversation,
    a_picture,
    an_envelope,
    facts_of,
    hand_in,
    note_about,
    reading_of,
)
from tests.screens import scenes
from tests.web.conftest import Service
from tests.web.hostile import PAYLOADS
from tests.web.reading import Read
from tests.web.test_pages import inside, read, save
from tests.web.test_pages_hand_over import made

__all__ = ["inside"]

SAID = {**scenes.WHOLE, "top": "reached", "bottom": "reached", "tiles": 2}


def keep(service: Service, taken: TakenConversation, most: int | None = None) -> str:
    """Put a conversation into the vault, or the first exhibits of it."""
    for envelope in taken.envelopes[:most]:
        hand_in(service.vault, envelope)
    while service.vault.drain().added:
        pass
    return taken.capture


def long_save(
    service: Service, texts: list[list[str]] | None = None, save: str = "conversation", **said: Any
) -> str:
    """Put a save with these messages on each tile into a vault; `said` changes what it says."""
    capture = secrets.token_hex(16)
    exhibits: list[tuple[int, Kind, bytes]] = []
    for place, words in enumerate(texts or [["one", "two"], ["three"]]):
        number = 4 + 2 * place
        reading = reading_of(capture, number, words, top=600 * place, first=100 * place)
        exhibits.append((number, "tile", a_picture(64, 30)))
        exhibits.append((number + 1, "reading", canonical.encode(reading)))
    facts = facts_of(capture, exhibits, save=save, completeness={**SAID, "messages": 3, **said})
    exhibits.append((99, "facts", canonical.encode(facts)))
    for number, kind, body in exhibits:
        hand_in(
            service.vault,
            an_envelope(service.vault.recipient, body, capture=capture, kind=kind, number=number),
        )
    while service.vault.drain().added:
        pass
    return capture


async def whole(service: Service, capture: str) -> str:
    """What the page says under How complete it is, as one line."""
    text = " ".join((await read(service, f"/captures/{capture}")).text.split())
    return text.partition("How complete it is")[2].partition("What it shows")[0].strip()


# ── What is there and what is not ────────────────────────────────────────────────────────────


async def test_a_gap_a_stop_and_something_hidden_are_said_and_nothing_else(
    inside: Service,
) -> None:
    capture = long_save(
        inside,
        ended="stopped",
        messages=312,
        earliest="2026-03-03T08:00:00.000Z",
        latest="2026-03-09T21:10:00.000Z",
        top="not-reached",
        bottom=None,
        overlays_hidden=2,
        gaps=[{"after_tile": 1, "after_message": 120}],
    )
    assert await whole(inside, capture) == (
        "312 messages, from 3 March 2026 to 9 March 2026. You stopped here. "
        "2 things that lay over the chat were hidden for the pictures. "
        "Still missing One gap after message 120. "
        "The file you hand over says so too. It can still be used for a report."
    )


async def test_a_conversation_from_end_to_end_has_nothing_missing(inside: Service) -> None:
    assert await whole(inside, long_save(inside)) == (
        "3 messages. The top of the chat was reached. The newest message was reached."
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ended": "limit"}, "It stopped because there was more than one save can hold."),
        ({"ended": "something-new"}, "It stopped because something in the page or the browser"),
        ({"top": "not-reached"}, "The top of the chat was not reached."),
        ({"messages": 0}, "2 pictures of the chat, and no message that could be read as words."),
        ({"earliest": "Today", "latest": "Today"}, "3 messages, all from \u2068Today\u2069."),
        ({"earliest": "1772524800", "latest": "1773043200000"}, "3 March 2026 to 9 March 2026"),
        (
            {"earliest": "2026-03-03T20:00:00-06:00", "latest": "2026-03-08T23:30:00"},
            "4 March 2026 to 8 March 2026",
        ),
        ({"earliest": "99999999999999999", "latest": "x"}, "\u206899999999999999999\u2069 to"),
        (
            {"gaps": [{"after_tile": n, "after_message": None} for n in range(1, 9)]},
            "8 gaps, the first after picture 1.",
        ),
        (
            {"gaps": [{"after_tile": n, "after_message": 10 * n} for n in (1, 2, 3)]},
            "3 gaps, after messages 10, 20 and 30.",
        ),
    ],
)
async def test_each_thing_has_its_sentence(
    inside: Service, said: dict[str, Any], sentence: str
) -> None:
    assert sentence in await whole(inside, long_save(inside, **said))


async def test_a_whole_page_says_how_many_pictures_and_where_it_ends(inside: Service) -> None:
    capture = long_save(inside, save="page", messages=None, bottom="not-reached")
    said = await whole(inside, capture)
    assert said.startswith(
        "2 pictures of the page, one below the other. It begins at the top of the page. "
        "Still missing The end of the page was not reached."
    )
    assert "Whole page of chat.example.com" in (await read(inside, f"/captures/{capture}")).text


async def test_a_profile_shows_its_name_and_address_as_words_of_the_page(inside: Service) -> None:
    subject = {"canonical": "https://a.example/sky", "name": "Sky \u202eM", "accounts": []}
    capture = await save(inside, save="profile", subject=subject)
    page = await read(inside, f"/captures/{capture}")
    assert "Profile on chat.example.com" in page.text
    assert "Sky [U+202E]M" in page.text
    assert "https://a.example/sky" in page.text
    assert "As the page gives it." in page.text
    assert "https://a.example/sky" not in page.addresses
    nameless = await save(
        inside, save="profile", subject={"canonical": None, "name": None, "accounts": []}
    )
    assert "As the page gives it." not in (await read(inside, f"/captures/{nameless}")).text


async def test_what_became_of_pictures_is_said_as_it_was(inside: Service) -> None:
    shown = {"what": "img", "left": 1, "top": 2, "width": 30, "height": 40}
    pictures = {"hidden": True, "count": 4, "verified": False, "shown": shown}
    text = (await read(inside, f"/captures/{await save(inside, pictures=pictures)}")).text
    assert "4 hidden before saving." in text
    assert "could not be checked" in text
    assert "One picture was shown, because you chose it." in text


async def test_before_a_view_is_looked_at_it_is_said_that_one_picture_can_be_seen(
    inside: Service,
) -> None:
    shown = {"what": "img", "left": 1, "top": 2, "width": 30, "height": 40}
    pictures = {"hidden": True, "count": 4, "verified": True, "shown": shown}
    for one, said in ((pictures, True), ({**pictures, "shown": None}, False)):
        capture = await save(inside, pictures=one)
        page = await read(inside, f"/captures/{capture}")
        assert all(name != "img" for name, _ in page.elements)
        assert ("One picture in it can be seen, because you chose it." in page.text) is said
        assert ("Its own pictures are hidden." in page.text) is not said
        asked = await read(inside, f"/captures/{capture}?show=picture")
        (alt,) = [given["alt"] for name, given in asked.elements if name == "img"]
        assert ("One picture on it can be seen, the others are hidden." in alt) is said


async def test_the_list_says_how_many_messages_and_from_when_to_when(inside: Service) -> None:
    """As the page of the save says it. Of one that was not finished: the pictures that are here."""
    span = {"earliest": "2026-03-03T20:00:00-06:00", "latest": "2026-03-09T21:10:00.000Z"}
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        (span, "312 messages, from 4 March 2026 to 9 March 2026."),
        ({}, "312 messages."),
        ({"earliest": "Today \u202e", "latest": "Today \u202e"}, "312 messages, all from "),
        ({"messages": 0}, "2 pictures of the chat, and no message that could be read as words."),
    )
    for said, sentence in cases:
        capture = long_save(inside, **{"messages": 312, **said})
        page = await read(inside, "/")
        assert sentence in page.text
        assert sentence in await whole(inside, capture)
        assert "pictures of it" not in page.text
        assert "\u202e" not in page.text
    keep(inside, a_conversation(inside.vault.recipient, tiles=3, finished=False), most=9)
    long_save(inside, save="page", messages=None)
    text = (await read(inside, "/")).text
    assert "3 pictures of it." in text
    assert "2 pictures of it." in text
    assert "Not finished" in text


async def test_what_was_not_finished_is_said_and_nothing_is_guessed(inside: Service) -> None:
    taken = a_conversation(inside.vault.recipient, tiles=2, finished=False)
    capture = keep(inside, taken)
    page = await read(inside, f"/captures/{capture}")
    assert "Conversation on chat.example.com" in page.text
    assert "This was not finished" in page.text
    assert "How much is missing is not known." in page.text
    assert "https://chat.example.com/t/sky.m_204" in page.text
    for unknown in ("hidden before saving", "has not arrived yet", "was reached", "messages."):
        assert unknown not in page.text


@pytest.mark.parametrize("most", range(1, 9))
async def test_a_conversation_can_be_looked_at_while_it_arrives(inside: Service, most: int) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=2), most)
    for path in ("/", f"/captures/{capture}", "/hand-over"):
        assert (await inside.get(path)).status == 200


# ── The parts ────────────────────────────────────────────────────────────────────────────────


async def test_many_pictures_are_counted_and_listed_a_few_at_a_time(inside: Service) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=50))
    page = await read(inside, f"/captures/{capture}")
    assert "50 pictures" in page.text
    assert "Words of 50 pictures" in page.text
    assert len([a for a in page.addresses if "/exhibits/" in a]) == 4 + 20 + 20
    assert not [fold for fold in page.all("details") if "open" in fold]
    last = await read(inside, f"/captures/{capture}?tile=3")
    assert "41 to 50 of 50" in last.text
    assert len([fold for fold in last.all("details") if "open" in fold]) == 1
    assert "41 to 50 of 50" in (await read(inside, f"/captures/{capture}?tile=99")).text
    for odd in ("0", "99", "x", "-1", "9" * 30, "%00", "²"):
        assert (await inside.get(f"/captures/{capture}?tile={odd}&show={odd}")).status == 200


async def test_one_picture_is_shown_when_it_was_asked_for(inside: Service) -> None:
    taken = a_conversation(inside.vault.recipient, tiles=30)
    capture, number = keep(inside, taken), 4 + 2 * 25
    assert not (await read(inside, f"/captures/{capture}")).all("img")
    page = await read(inside, f"/captures/{capture}?show={number}")
    source = f"/captures/{capture}/pictures/{number}"
    assert [image["src"] for image in page.all("img")] == [source]
    response = await inside.get(source)
    body = await response.read()
    logged = next(body for found, _, body in taken.exhibits if found == number)
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert body != logged
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    for other in (number + 1, 2, 0, "x"):
        assert (await inside.get(f"/captures/{capture}/pictures/{other}")).status == 404


async def test_words_of_a_page_in_a_sentence_stay_words(inside: Service) -> None:
    plain = long_save(inside, earliest="Monday", latest="Tuesday")
    expected = (await read(inside, f"/captures/{plain}")).skeleton
    for payload in PAYLOADS:
        capture = long_save(inside, earliest=payload, latest="Tuesday")
        page = await read(inside, f"/captures/{capture}")
        assert page.skeleton == expected
        assert "\u202e" not in page.text


async def test_a_note_has_the_clock_of_this_computer(
    inside: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = await save(inside)
    monkeypatch.setenv("TZ", "<+0545>-5:45")
    time.tzset()
    try:
        await inside.submit(f"/captures/{capture}/notes", text="He wrote again.")
    finally:
        monkeypatch.undo()
        time.tzset()
    (note,) = inside.vault.notes(capture)
    assert (note.written, note.offset_minutes, note.zone) == (
        "2026-03-10T12:00:00.000Z",
        345,
        "+0545",
    )


async def test_a_note_that_came_with_it_is_shown_with_its_time(inside: Service) -> None:
    capture = long_save(inside)
    body = canonical.encode(note_about(capture, "First line.\n<b>Second</b> line."))
    hand_in(
        inside.vault,
        an_envelope(inside.vault.recipient, body, capture=capture, kind="note", number=1_000_001),
    )
    inside.vault.drain()
    response = await inside.get(f"/captures/{capture}")
    page = Read(await response.text())
    assert "First line.\n<b>Second</b> line." in page.text
    assert "Wednesday 11 March 2026, 08:02" in page.text
    assert "1 note" in page.text


# ── The list, and handing over ───────────────────────────────────────────────────────────────


async def test_the_list_says_what_each_is_how_much_and_what_was_not_finished(
    inside: Service,
) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=12))
    inside.vault.add_note(capture, "He wrote again.", "UTC", 0)
    row = " ".join((await read(inside, "/")).text.split())
    assert "Conversation on chat.example.com" in row
    assert "12:00. 98 messages. 3 pictures hidden. 1 note. Saved" in row
    keep(inside, a_conversation(inside.vault.recipient, tiles=1, finished=False, save="page"))
    row = " ".join((await read(inside, "/")).text.split())
    assert "Whole page of chat.example.com" in row
    assert "12:00. 1 picture of it. Not finished" in row


async def test_what_was_not_finished_goes_in_only_when_it_is_ticked(inside: Service) -> None:
    broken = keep(inside, a_conversation(inside.vault.recipient, tiles=2, finished=False))
    whole_one = long_save(inside)
    page = await read(inside, "/hand-over")
    boxes = [box for box in page.all("input") if box["name"] == "capture"]
    assert {box["value"]: "checked" in box for box in boxes} == {broken: False, whole_one: True}
    assert "the file says that it broke off" in page.text
    asked = await read(inside, f"/hand-over?capture={broken}")
    ticked = {box["value"] for box in asked.all("input") if "checked" in box}
    assert ticked == {broken}
    response = await inside.submit("/hand-over", capture=broken)
    assert response.status == 303
    assert inside.vault.exports()[0].captures == (broken,)


async def test_every_file_of_a_conversation_is_named_before_it_is_made(inside: Service) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=2))
    inside.vault.add_note(capture, "He wrote again.", "UTC", 0)
    named = (await read(inside, "/hand-over")).text
    place = await made(inside, capture)
    body = await (await inside.get(place + "/file")).read()
    for path in zipfile.ZipFile(io.BytesIO(body)).namelist():
        inner = path.partition("/")[2]
        beginning = "data/derived" if "/derived/" in inner else inner.rpartition("/")[0]
        assert inner in named or f"{beginning}/" in named or inner.startswith("proof/"), inner


async def test_what_a_view_does_not_have_is_not_named(inside: Service) -> None:
    await save(inside)
    named = (await read(inside, "/hand-over")).text
    assert "data/captures/0001/view.png" in named
    for name in ("start.json", "tiles/", "readings/", "notes/", "data/derived/"):
        assert name not in named


async def test_what_no_package_can_hold_is_not_ticked_even_when_it_is_asked_for(
    inside: Service,
) -> None:
    """It has a picture that its own facts do not name."""
    capture = long_save(inside)
    hand_in(
        inside.vault,
        an_envelope(inside.vault.recipient, a_picture(), capture=capture, kind="tile", number=90),
    )
    inside.vault.drain()
    asked = await read(inside, f"/hand-over?capture={capture}")
    assert not [box for box in asked.all("input") if "checked" in box]


# ── Notes ────────────────────────────────────────────────────────────────────────────────────


async def test_a_note_is_kept_as_it_was_typed_and_another_can_follow(inside: Service) -> None:
    capture = await save(inside)
    for text in ("First.\r\n<i>Second</i> line.", "And another. \U0001f9ea"):
        response = await inside.submit(f"/captures/{capture}/notes", text=text)
        assert (response.status, response.headers["Location"]) == (
            303,
            f"/captures/{capture}#notes",
        )
    kept = {note.text for note in inside.vault.notes(capture)}
    assert kept == {"First.\n<i>Second</i> line.", "And another. \U0001f9ea"}
    page = await read(inside, f"/captures/{capture}")
    assert "First.\n<i>Second</i> line." in page.text
    for note in inside.vault.notes(capture):
        assert when_of(note.written, note.offset_minutes, load_catalogue()) in page.text
    assert "A note cannot be changed later, but you can add another one." in page.text
    assert not page.all("i")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There is nothing in this note yet."),
        (" \r\n\t ", "There is nothing in this note yet."),
        ("</textarea><script>" + "\U0001f9ea" * 10_000, "This note is longer than a note can be."),
    ],
)
async def test_a_note_that_cannot_be_kept_stays_in_the_field(
    inside: Service, text: str, sentence: str
) -> None:
    capture = await save(inside)
    response = await inside.submit(f"/captures/{capture}/notes", text=text)
    page = Read(await response.text())
    assert response.status == 422
    assert sentence in page.text
    assert text.replace("\r\n", "\n") in page.text
    assert not [one for one in page.all("script") if not one.get("src", "").startswith("/static/")]
    assert not inside.vault.notes(capture)


async def test_the_longest_note_fits_in_any_script(inside: Service) -> None:
    capture = await save(inside)
    response = await inside.submit(f"/captures/{capture}/notes", text="\U0001f9ea" * 10_000)
    assert response.status == 303
    assert [len(note.text) for note in inside.vault.notes(capture)] == [10_000]


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_a_note_needs_the_token_of_this_session(inside: Service, token: str) -> None:
    capture = await save(inside)
    response = await inside.submit(f"/captures/{capture}/notes", csrf=token, text="Mine.")
    assert response.status == 403
    assert not inside.vault.notes(capture)


async def test_a_note_about_nothing_is_not_found(inside: Service) -> None:
    response = await inside.submit(f"/captures/{'0' * 32}/notes", text="Mine.")
    assert response.status == 404


async def test_a_save_whose_pictures_cannot_be_drawn_is_named_beside_the_file(
    inside: Service,
) -> None:
    """It is in the file without numbered pages; one that can be drawn is not named."""
    undrawn = keep(inside, a_conversation(inside.vault.recipient))
    view = (await inside.save()).capture
    page = await read(inside, await made(inside, undrawn, view))
    assert "There are no numbered pages of this" in page.text
    assert f"/captures/{undrawn}" in page.addresses
    assert f"/captures/{view}" not in page.addresses
    alone = await read(inside, await made(inside, view))
    assert "numbered pages" not in alone.text


async def test_what_is_on_no_numbered_page_is_named_when_the_file_is_ready(inside: Service) -> None:
    """By its place in the list of pictures, and by its file, as README.txt in the file names it."""
    # The others are smaller than their readings say.
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=4, drawn=2))
    address = await made(inside, capture)
    page = await read(inside, address)
    for key in ("unread", "unread_what"):
        assert load_catalogue().t(f"pages.package.{key}") in page.text
    assert load_catalogue().t("pages.package.unpaged") not in page.text
    assert f"/captures/{capture}" in page.addresses
    listed = (await read(inside, f"/captures/{capture}?tile=1")).text
    summary = readme(await (await inside.get(f"{address}/file")).read())
    for picture, file in (("Picture 3", "tiles/00008.png"), ("Picture 4", "tiles/00010.png")):
        assert f"{picture} ({file})" in page.text
        assert f"{picture} ({file}) could not be read" in summary
        assert picture in listed
    assert "Picture 2" not in page.text


async def test_many_that_are_on_no_page_are_counted(inside: Service) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=30, drawn=2))
    page = await read(inside, await made(inside, capture))
    assert page.text.count("(tiles/") == 20
    assert "And 8 more pictures." in page.text


async def test_of_a_save_without_any_pages_that_is_said_once(inside: Service) -> None:
    capture = keep(inside, a_conversation(inside.vault.recipient, tiles=2))
    page = await read(inside, await made(inside, capture))
    for key in ("unpaged", "unpaged_what"):
        assert page.text.count(load_catalogue().t(f"pages.package.{key}")) == 1
    assert load_catalogue().t("pages.package.unread") not in page.text
    assert "(tiles/" not in page.text
    assert page.addresses.count(f"/captures/{capture}") == 1


def readme(package: bytes) -> str:
    """README.txt of a package, as one line."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith("/README.txt"))
        return " ".join(opened.read(name).decode().split())
