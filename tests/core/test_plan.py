"""What goes into a package follows from the log, and a log that does not add up gives none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from handrail.core.errors import Damaged, Refused
from handrail.core.plan import plan_export
from tests.proof.builders import Case, two_views


def test_exhibits_are_named_by_their_capture_and_kind() -> None:
    plan = two_views().plan()
    assert [exhibit.path for exhibit in plan.exhibits] == [
        f"data/captures/{capture}/{name}"
        for capture in ("0001", "0002")
        for name in ("facts.json", "page.html.txt", "view.png")
    ]
    assert plan.name == f"handrail-{plan.case[:8]}-{plan.export[:8]}"


def test_the_parts_of_a_conversation_are_named_by_their_numbers() -> None:
    case = Case()
    case.choose(case.save_conversation("first", notes=["He wrote again."]))
    paths = [exhibit.path for exhibit in case.plan().exhibits]
    assert [path.removeprefix("data/captures/0001/") for path in paths] == [
        "facts.json", "notes/1000000.json", "page.html.txt", "readings/00005.json",
        "readings/00007.json", "start.json", "tiles/00004.png", "tiles/00006.png", "view.png",
    ]  # fmt: skip


def test_all_captures_chosen_means_all_entries_shown() -> None:
    case = Case()
    case.quarantine("damaged")
    case.choose(case.save_view("first"))
    assert case.plan().disclosed == tuple(range(6))


def test_some_captures_chosen_means_only_their_entries_are_shown() -> None:
    case = Case()
    case.save_view("private")
    case.quarantine("damaged")
    case.choose(case.save_view("chosen"))
    assert case.plan().disclosed == (0, 5, 6, 7, 8)


def test_an_exhibit_that_arrived_twice_alike_is_one_file() -> None:
    case = Case()
    capture = case.save_view("first")
    case.records.append(case.records[1])
    case.choose(capture)
    assert len(case.plan().exhibits) == 3


def nothing_chosen(case: Case) -> None:
    case.choose()


def one_chosen_twice(case: Case) -> None:
    capture = case.save_view("first")
    case.choose(capture, capture)


def one_that_is_not_there(case: Case) -> None:
    case.choose("f" * 32)


def a_tile_with_the_number_of_a_note(case: Case) -> None:
    capture = case.save_view("first")
    case.add_exhibit(capture, 1_000_000, "tile", "image/png", b"x")
    case.choose(capture)


def no_choice_at_the_end(case: Case) -> None:
    case.choose(case.save_view("first"))
    case.quarantine("later")


def no_opening(case: Case) -> None:
    case.choose(case.save_view("first"))
    del case.records[0]


def a_record_of_another_case(case: Case) -> None:
    case.records.append(Case("harbour").records[0])
    case.choose(case.save_view("first"))


def a_time_token(case: Case) -> None:
    case.choose(case.save_view("first"), time_tokens=("a" * 64,))


def one_exhibit_with_two_contents(case: Case) -> None:
    capture = case.save_view("first")
    case.add_exhibit(capture, 1, "view", "image/png", b"another picture")
    case.choose(capture)


def a_media_type_that_no_view_has(case: Case) -> None:
    case.add_exhibit("c" * 32, 1, "view", "image/svg+xml", b"<svg/>")
    case.choose("c" * 32)


def nothing_at_all(case: Case) -> None:
    case.records.clear()


@pytest.mark.parametrize(
    ("log", "code"),
    [
        (nothing_chosen, "export-empty"),
        (one_chosen_twice, "export-log"),
        (a_tile_with_the_number_of_a_note, "export-log"),
        (one_that_is_not_there, "export-capture-missing"),
        (no_choice_at_the_end, "export-log"),
        (no_opening, "export-log"),
        (a_record_of_another_case, "export-log"),
        (a_time_token, "export-time-token"),
        (one_exhibit_with_two_contents, "capture-not-whole"),
        (a_media_type_that_no_view_has, "export-log"),
        (nothing_at_all, "export-log"),
    ],
)
def test_a_log_that_does_not_add_up_gives_no_package(
    log: Callable[[Case], None], code: str
) -> None:
    case = Case()
    log(case)
    with pytest.raises(Refused) as refused:
        case.plan()
    assert refused.value.code == code


def test_a_record_that_is_not_canonical_gives_no_package() -> None:
    case = two_views()
    with pytest.raises(Damaged):
        plan_export(case.case, [*case.records[:-1], case.records[-1] + b" "], case.public)
