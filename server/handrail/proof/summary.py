"""The two pages of a package that a person reads: README.txt and VERIFY.txt.

README.txt says on one page what was saved, when, and what is missing. VERIFY.txt says how to check
it with tools that every system has. What a page said about itself is untrusted: it stands on lines
of its own that begin with a mark, so that no title can look like a line of ours.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..core import checkpoint, display
from ..core.envelope import Kind
from ..core.plan import ExportPlan
from ..core.records import Note
from ..core.text import Catalogue
from .captures import CaptureShown
from .statement import PagesSaid, clock, missing_of, pages_of, sentences_of
from .verify import fingerprint

WIDTH = 78
_QUOTE = "> "
_NOTE = "| "
_QUOTED_WIDTH = 70

# Plain text has no markup to escape; untrusted text goes through `quoted` or `display`.
_TEMPLATES = Environment(
    loader=PackageLoader("handrail.proof"),
    autoescape=False,  # noqa: S701
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class _View:
    heading: str
    from_the_page: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    missing: tuple[str, ...]
    notes: tuple[tuple[str, tuple[str, ...]], ...]


def render_readme(
    plan: ExportPlan,
    captures: tuple[CaptureShown, ...],
    catalogue: Catalogue,
    pages: PagesSaid,
) -> bytes:
    """Return README.txt."""
    t = catalogue.t
    started = sorted(capture.said.times.started for capture in captures)
    overview = (
        (t("package.label_views"), str(len(captures))),
        (t("package.label_first"), f"{clock(started[0])} UTC"),
        (t("package.label_last"), f"{clock(started[-1])} UTC"),
        (t("package.label_chosen"), f"{clock(plan.at)} UTC"),
        (t("package.label_case"), plan.case),
        (t("package.label_export"), plan.export),
        (t("package.label_key"), fingerprint(plan.public_key)[:35]),
        ("", fingerprint(plan.public_key)[36:]),
    )
    return _rendered(
        "readme.txt.j2",
        catalogue,
        overview=overview,
        views=tuple(_view(capture, catalogue, pages) for capture in captures),
        files=tuple(_files(plan, catalogue)),
        notes=any(capture.notes for capture in captures),
        limits=_limits(plan, catalogue),
    )


def render_verify(plan: ExportPlan, catalogue: Catalogue) -> bytes:
    """Return VERIFY.txt, with the commands of this package."""
    head = f"proof/checkpoints/{len(plan.records):08d}"
    return _rendered(
        "verify.txt.j2",
        catalogue,
        note=f"{head}.note",
        leaves=f"{head}.leaves.txt",
        vkey=checkpoint.encode_vkey(plan.origin, plan.public_key),
        fingerprint=fingerprint(plan.public_key),
        limits=_limits(plan, catalogue),
    )


def _rendered(template: str, catalogue: Catalogue, **values: object) -> bytes:
    text = _TEMPLATES.get_template(template).render(
        t=catalogue.t, wrap=wrap, quoted=quoted, heading=_heading, **values
    )
    lines = (line.rstrip() for line in text.split("\n"))
    return "\n".join(lines).encode("utf-8")


def wrap(sentence: str, begin: str = "") -> str:
    """Return our own sentence in lines of `WIDTH`, the first one beginning with `begin`."""
    return textwrap.fill(
        sentence,
        WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )


def quoted(untrusted_text: str) -> tuple[str, ...]:
    """Return a page's own words as lines that each begin with the mark of a quotation.

    They are cut at a fixed width and never at a place the page could choose, and what cannot be
    seen is named: the words can neither leave their lines nor look like ours.
    """
    return _marked(_QUOTE, display.visible(untrusted_text, display.ADDRESS_LIMIT))


def written(note_text: str) -> tuple[str, ...]:
    """Return the person's own words as lines that each begin with the mark of a note.

    Their lines stay lines; otherwise they are shown as a page's words are.
    """
    seen = display.visible(note_text.replace("\r\n", "\n"), display.TEXT_LIMIT, lines=True)
    return tuple(
        line for typed in seen.replace("\t", " ").split("\n") for line in _marked(_NOTE, typed)
    )


def _marked(mark: str, seen: str) -> tuple[str, ...]:
    starts = range(0, max(len(seen), 1), _QUOTED_WIDTH)
    return tuple(mark + seen[start : start + _QUOTED_WIDTH] for start in starts)


def _heading(text: str) -> str:
    return f"{text}\n{'=' * len(text)}"


def _view(capture: CaptureShown, catalogue: Catalogue, pages: PagesSaid) -> _View:
    t = catalogue.t
    facts, said = capture.facts, capture.said
    from_the_page = [
        (t("package.page_title"), said.source.title),
        (t("package.page_address"), said.source.url),
    ]
    if said.source.referrer is not None:
        from_the_page.append((t("package.page_referrer"), said.source.referrer))
    if facts is not None and facts.subject is not None and facts.subject.name is not None:
        from_the_page.append((t("package.page_subject"), facts.subject.name))
    titles = {
        "view": t("package.view_title", number=capture.number, folder=_folder(capture)),
        "page": t("package.page_saved_title", number=capture.number, folder=_folder(capture)),
        "conversation": t(
            "package.conversation_title", number=capture.number, folder=_folder(capture)
        ),
        "profile": t("package.profile_title", number=capture.number, folder=_folder(capture)),
    }
    return _View(
        heading=titles[said.save],
        from_the_page=tuple(from_the_page),
        sentences=(
            *sentences_of(capture, catalogue),
            *pages_of(capture, pages, catalogue),
        ),
        missing=missing_of(capture, catalogue),
        notes=tuple((_note_title(note, catalogue), written(note.text)) for note in capture.notes),
    )


def _folder(capture: CaptureShown) -> str:
    return f"data/captures/{capture.number:04d}/"


def _note_title(note: Note, catalogue: Catalogue) -> str:
    return catalogue.t(
        "package.note_title", written=clock(note.written, timedelta(minutes=note.offset_minutes))
    )


def _files(plan: ExportPlan, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield what each kind of file is, of those that are here."""
    t = catalogue.t
    known: tuple[tuple[Kind, str, str], ...] = (
        ("view", "view.png", t("package.file_view")),
        ("page", "page.html.txt", t("package.file_page")),
        ("tile", "tiles/", t("package.file_tiles")),
        ("reading", "readings/", t("package.file_readings")),
        ("start", "start.json", t("package.file_start")),
        ("facts", "facts.json", t("package.file_facts")),
        ("note", "notes/", t("package.file_notes")),
    )
    kinds = {exhibit.kind for exhibit in plan.exhibits}
    for kind, name, sentence in known:
        if kind in kinds:
            yield f"data/captures/0001/{name}", sentence
    if "reading" in kinds:
        yield "data/derived/", t("package.file_derived")
    yield "VERIFY.txt, proof/verify.py", t("package.file_verify")
    yield "proof/", t("package.file_proof")
    yield "bagit.txt, bag-info.txt, *manifest-sha256.txt*", t("package.file_bag")


def _limits(plan: ExportPlan, catalogue: Catalogue) -> tuple[str, ...]:
    t = catalogue.t
    shown, total = len(plan.disclosed), len(plan.records)
    return (
        t("package.limit_genuine"),
        t("package.limit_clock"),
        t("package.limit_who"),
        t("package.limit_complete", count=shown, total=total),
    )
