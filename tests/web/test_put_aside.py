"""What arrives whole and is not what it says: taken in, put aside, kept, and the reason recorded.

The receipt only says that the bytes are durable. Whether they verify is seen when they are opened.
"""

from __future__ import annotations

import pyrage

from handrail.core.records import EnvelopeQuarantined, decode_event
from handrail.web import keys
from tests.builders import Sealed, an_envelope, sealed
from tests.contract.examples import those
from tests.web.conftest import Service


async def put_aside(service: Service, envelopes: list[Sealed]) -> list[str]:
    """Hand these in, and return the reasons for which each was put aside, in order."""
    peer = await service.paired()
    for envelope in envelopes:
        status, receipt = await peer.hand_in(envelope)
        assert (status, receipt["status"]) == (200, "stored")
    await service.app[keys.DRAIN].settle()
    events = map(decode_event, service.vault.log(service.vault.case))
    reasons = {
        event.envelope.key: event.reason
        for event in events
        if isinstance(event, EnvelopeQuarantined)
    }
    for envelope in envelopes:
        kept = service.data / "quarantine" / f"{envelope.key}.age"
        assert kept.read_bytes() == envelope.data
    assert service.vault.captures() == ()
    assert service.vault.quarantined() == len(envelopes)
    return [reasons[envelope.key] for envelope in envelopes]


async def test_an_envelope_that_does_not_verify_is_kept_and_the_reason_is_recorded(
    service: Service,
) -> None:
    examples = [*those("invalid", "envelope-header"), *those("tampered", "envelope-header")]
    recipient = service.vault.recipient
    sent = [
        sealed(recipient, example.raw + b"\n" + example.given["body"].encode())
        for example in examples
    ]
    assert await put_aside(service, sent) == [example.code for example in examples]


async def test_facts_that_are_no_facts_are_kept_and_the_reason_is_recorded(
    service: Service,
) -> None:
    recipient = service.vault.recipient
    sent = [
        an_envelope(recipient, example.raw, kind="facts", number=3)
        for example in those("invalid", "facts")
    ]
    of_another = those("valid", "facts")[0].raw
    sent.append(an_envelope(recipient, of_another, kind="facts", number=3, capture="ab" * 16))
    assert await put_aside(service, sent) == ["facts-shape"] * (len(sent) - 1) + ["facts-capture"]


async def test_what_does_not_open_is_kept_and_the_reason_is_recorded(service: Service) -> None:
    stranger = str(pyrage.x25519.Identity.generate().to_public())
    good = an_envelope(service.vault.recipient).data
    cut, changed = good[:-1], good[:-1] + bytes([good[-1] ^ 1])
    sent = [
        Sealed(f"{number:032x}", data) for number, data in enumerate([b"no age file", cut, changed])
    ]
    sent.append(an_envelope(stranger))
    assert await put_aside(service, sent) == ["envelope-not-opened"] * len(sent)
