"""The two pages of a package that a person reads: README.txt and VERIFY.txt.

README.txt says on one page what was saved, when, and what is missing. VERIFY.txt says how to check
it with tools that every system has. What a page said about itself is untrusted: it stands on lines
of its own that begin with a mark, so that no title can look like a line of ours.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jinja2 import Environment, PackageLoader, StrictUndefined

from ..core import checkpoint, display
from ..core.plan import ExportPlan
from ..core.records import Facts
from ..core.text import Catalogue
from .verify import fingerprint

WIDTH = 78
_QUOTE = "> "
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
class CaptureShown:
    """A capture as the summary shows it: its number in the package and its own facts."""

    number: int
    facts: Facts


@dataclass(frozen=True, slots=True)
class _View:
    heading: str
    from_the_page: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    missing: tuple[str, ...]


def render_readme(
    plan: ExportPlan, captures: tuple[CaptureShown, ...], catalogue: Catalogue
) -> bytes:
    """Return README.txt."""
    t = catalogue.t
    started = sorted(capture.facts.times.started for capture in captures)
    overview = (
        (t("package.label_views"), str(len(captures))),
        (t("package.label_first"), f"{_utc(started[0])} UTC"),
        (t("package.label_last"), f"{_utc(started[-1])} UTC"),
        (t("package.label_chosen"), f"{_utc(plan.at)} UTC"),
        (t("package.label_case"), plan.case),
        (t("package.label_export"), plan.export),
        (t("package.label_key"), fingerprint(plan.public_key)[:35]),
        ("", fingerprint(plan.public_key)[36:]),
    )
    return _rendered(
        "readme.txt.j2",
        catalogue,
        overview=overview,
        views=tuple(_view(capture, catalogue) for capture in captures),
        files=_files(catalogue),
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
    seen = display.visible(untrusted_text, display.ADDRESS_LIMIT)
    starts = range(0, max(len(seen), 1), _QUOTED_WIDTH)
    return tuple(_QUOTE + seen[start : start + _QUOTED_WIDTH] for start in starts)


def _heading(text: str) -> str:
    return f"{text}\n{'=' * len(text)}"


def _view(capture: CaptureShown, catalogue: Catalogue) -> _View:
    t = catalogue.t
    facts = capture.facts
    from_the_page = [
        (t("package.page_title"), facts.source.title),
        (t("package.page_address"), facts.source.url),
    ]
    if facts.source.referrer is not None:
        from_the_page.append((t("package.page_referrer"), facts.source.referrer))
    folder = f"data/captures/{capture.number:04d}/"
    return _View(
        heading=t("package.view_title", number=capture.number, folder=folder),
        from_the_page=tuple(from_the_page),
        sentences=(*_times(facts, catalogue), _pictures(facts, catalogue)),
        missing=tuple(_missing(facts, catalogue)),
    )


def _times(facts: Facts, catalogue: Catalogue) -> tuple[str, str]:
    times = facts.times
    offset = timedelta(minutes=times.offset_minutes)
    sign, minutes = "-" if times.offset_minutes < 0 else "+", abs(times.offset_minutes)
    return (
        catalogue.t(
            "package.taken_local",
            started=_utc(times.started, offset),
            finished=_utc(times.finished, offset),
            zone=display.visible(times.zone, 60),
            offset=f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}",
        ),
        catalogue.t(
            "package.taken_utc", started=_utc(times.started), finished=_utc(times.finished)
        ),
    )


def _utc(stated: str, offset: timedelta = timedelta()) -> str:
    """Return a stated time to the second, moved by an offset; as it stands if it is no real one."""
    try:
        moment = datetime.fromisoformat(stated) + offset
    except (ValueError, OverflowError):
        return stated
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _pictures(facts: Facts, catalogue: Catalogue) -> str:
    pictures = facts.pictures
    if not pictures.hidden:
        return catalogue.t("package.pictures_not_hidden")
    if pictures.count == 0:
        hidden = catalogue.t("package.pictures_none")
    else:
        hidden = catalogue.t("package.pictures_hidden", count=pictures.count)
    checked = "package.pictures_checked" if pictures.verified else "package.pictures_not_checked"
    return f"{hidden} {catalogue.t(checked)}"


def _missing(facts: Facts, catalogue: Catalogue) -> Iterable[str]:
    t = catalogue.t
    window, completeness = facts.window, facts.completeness
    if window.page_width > window.width or window.page_height > window.height:
        yield t(
            "package.missing_outside",
            width=window.width,
            height=window.height,
            page_width=window.page_width,
            page_height=window.page_height,
            left=window.scroll_x,
            top=window.scroll_y,
        )
    if completeness.overlays_hidden:
        yield t("package.missing_overlays", count=completeness.overlays_hidden)
    for gap in completeness.gaps:
        yield t("package.missing_gap", from_y=gap.after_tile, to_y=gap.after_tile + 1)
    for part in completeness.not_read:
        key = f"package.part_{part.what}"
        if key in catalogue:
            yield t(key, count=part.count)
        else:
            yield t("package.part_other", what=part.what, count=part.count)
    if completeness.page_changed:
        yield t("package.missing_page_changed")
    yield t("package.missing_unknown")


def _files(catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    t = catalogue.t
    return (
        ("data/captures/0001/view.png", t("package.file_view")),
        ("data/captures/0001/page.html.txt", t("package.file_page")),
        ("data/captures/0001/facts.json", t("package.file_facts")),
        ("VERIFY.txt, proof/verify.py", t("package.file_verify")),
        ("proof/", t("package.file_proof")),
        ("bagit.txt, bag-info.txt, *manifest-sha256.txt*", t("package.file_bag")),
    )


def _limits(plan: ExportPlan, catalogue: Catalogue) -> tuple[str, ...]:
    t = catalogue.t
    shown, total = len(plan.disclosed), len(plan.records)
    return (
        t("package.limit_genuine"),
        t("package.limit_clock"),
        t("package.limit_who"),
        t("package.limit_complete", count=shown, total=total),
    )
