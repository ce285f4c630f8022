"""What goes into a package, worked out from the custody log and nothing else (DESIGN D10).

An export is the record `export-chosen`; it is the last of the records given here. From them follow
the exhibits, their names, the log entries that are shown and the checkpoint. The exhibits' bytes
are opened and the package is written elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .checkpoint import origin_of
from .envelope import MEDIA_TYPES, Kind, file_name, numbers_of
from .errors import Refused
from .records import CaseOpened, CustodyEvent, ExhibitAdded, ExportChosen, decode_event
from .tree import Tree, leaf_hash

MAX_CAPTURES = 9999
"""The number of a capture in a package has four digits."""


@dataclass(frozen=True, slots=True)
class ExhibitRef:
    """One exhibit of a package: where it is in the log, what it must be, how it will be named."""

    index: int
    capture: str
    number: int
    kind: Kind
    length: int
    sha256: str
    envelope_key: str
    path: str


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """An export. `records` are the log's bytes up to and including the export's own record."""

    case: str
    export: str
    at: str
    public_key: bytes
    records: tuple[bytes, ...]
    captures: tuple[str, ...]
    """The chosen captures in the order of the log; the first is 0001 in the package."""
    exhibits: tuple[ExhibitRef, ...]
    disclosed: tuple[int, ...]
    """The places of the log entries that the package shows."""

    @property
    def name(self) -> str:
        """Return the name of the package's one folder."""
        return f"handrail-{self.case[:8]}-{self.export[:8]}"

    @property
    def origin(self) -> str:
        """Return the name of the case's log."""
        return origin_of(self.case)

    def tree(self) -> Tree:
        """Return the Merkle tree over the records."""
        return Tree(leaf_hash(record) for record in self.records)


def plan_export(case: str, records: Iterable[bytes], public_key: bytes) -> ExportPlan:
    """Return the plan of the export whose record is the last one.

    1. Every record is canonical, of this case; the first opens the case, the last chooses.
    2. Something was chosen, nothing twice, and every chosen capture is in the log.
    3. No exhibit of a chosen capture was logged twice with different bytes.
    4. Shown are: the opening, the chosen exhibits, the choice. When every capture of the log is
       chosen, the whole log is shown, because then nothing in it is about anything else.

    Whether each capture is whole is checked when its facts are read. Raises `Refused`, and
    `Damaged` for a record that is not one.
    """
    kept = tuple(records)
    events = tuple(decode_event(record) for record in kept)
    chosen = _chosen_by(case, events)
    captures = _in_log_order(chosen, events)
    exhibits = _exhibits_of(captures, events)
    return ExportPlan(
        case=case,
        export=chosen.export,
        at=chosen.at,
        public_key=public_key,
        records=kept,
        captures=captures,
        exhibits=exhibits,
        disclosed=_disclosed(captures, events),
    )


def _chosen_by(case: str, events: Sequence[CustodyEvent]) -> ExportChosen:
    if any(event.case != case for event in events):
        raise Refused("export-log", "a log record is of another case")
    if not events or not isinstance(events[0], CaseOpened):
        raise Refused("export-log", "the log does not begin with the opening of the case")
    chosen = events[-1]
    if not isinstance(chosen, ExportChosen):
        raise Refused("export-log", "the last record is not the choice of an export")
    if not chosen.captures:
        raise Refused("export-empty", "nothing was chosen")
    if len(set(chosen.captures)) != len(chosen.captures):
        raise Refused("export-log", "a capture was chosen twice")
    if len(chosen.captures) > MAX_CAPTURES:
        raise Refused("package-too-large", "too many captures for one package")
    if chosen.time_tokens:
        raise Refused("export-time-token", "this release cannot put time tokens into a package")
    return chosen


def _in_log_order(chosen: ExportChosen, events: Sequence[CustodyEvent]) -> tuple[str, ...]:
    wanted = set(chosen.captures)
    found = dict.fromkeys(
        event.capture
        for event in events
        if isinstance(event, ExhibitAdded) and event.capture in wanted
    )
    if len(found) != len(wanted):
        raise Refused("export-capture-missing", "a chosen capture is not in the log")
    return tuple(found)


def _exhibits_of(
    captures: tuple[str, ...], events: Sequence[CustodyEvent]
) -> tuple[ExhibitRef, ...]:
    folders = {capture: f"data/captures/{place:04d}" for place, capture in enumerate(captures, 1)}
    by_path: dict[str, ExhibitRef] = {}
    for index, event in enumerate(events):
        if not isinstance(event, ExhibitAdded) or event.capture not in folders:
            continue
        if event.media_type != MEDIA_TYPES[event.kind]:
            raise Refused("export-log", "an exhibit has a media type that its kind never has")
        if event.number not in numbers_of(event.kind):
            raise Refused("export-log", "an exhibit has a number that its kind never has")
        path = f"{folders[event.capture]}/{file_name(event.kind, event.number)}"
        exhibit = ExhibitRef(
            index=index,
            capture=event.capture,
            number=event.number,
            kind=event.kind,
            length=event.length,
            sha256=event.sha256,
            envelope_key=event.envelope.key,
            path=path,
        )
        first = by_path.setdefault(path, exhibit)
        if (first.number, first.sha256, first.length) != (
            exhibit.number,
            exhibit.sha256,
            exhibit.length,
        ):
            raise Refused("capture-not-whole", "an exhibit was logged twice with different bytes")
    return tuple(by_path[path] for path in sorted(by_path))


def _disclosed(captures: tuple[str, ...], events: Sequence[CustodyEvent]) -> tuple[int, ...]:
    shown = set(captures)
    logged = {event.capture for event in events if isinstance(event, ExhibitAdded)}
    if logged == shown:
        return tuple(range(len(events)))
    return tuple(
        index
        for index, event in enumerate(events)
        if index in (0, len(events) - 1)
        or (isinstance(event, ExhibitAdded) and event.capture in shown)
    )
