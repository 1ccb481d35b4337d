"""Opening the study: protocol and slots enter the record; later protocols are amendments."""

from __future__ import annotations

from crossblock.core.errors import Problem, ProtocolError
from crossblock.domain.protocol import Protocol
from crossblock.load import protocol as protocol_file
from crossblock.server import study as studies
from crossblock.server.record.appended import canonical
from crossblock.server.record.door import writing
from crossblock.server.roles import Actor, RefusedError, Thing
from crossblock.server.study import Study
from crossblock.server.trial.models import Activation, Allocation, Opening, Slot


def open_study(study: Study) -> Opening:
    """Enter the study's protocol and slots at the first start; at later starts, compare them.

    Raises CatalogError for a site's wording that does not fit. Raises ProtocolError when the
    files are not those that the record was opened with: a changed protocol is an amendment, and
    a dummy list never shares a database with a real one.
    """
    _ = study.wordings  # one that does not fit is refused before the first page
    first = Opening.objects.order_by("seq").first()
    if first is None:
        first = _enter(study)
    allocation = study.allocation
    known = set(Opening.objects.values_list("protocol_sha256", flat=True))
    if study.protocol.sha256 not in known or study.conduct.sha256 != first.conduct_sha256:
        raise ProtocolError(
            Problem(
                what="the study's files are not those that its record was opened with",
                where=str(study.folder),
                value=study.protocol.sha256[:16],
                why="what people were rated and randomized by cannot change behind the record",
                fix="put the old files back, and bring the new protocol in as an amendment",
            )
        )
    if allocation is not None:
        _enter_slots(study, first)
    return first


def _enter(study: Study) -> Opening:
    allocation = study.allocation
    if allocation and allocation.protocol_sha256 != study.protocol.sha256:
        raise ProtocolError(
            Problem(
                what="the allocation list was made for another protocol",
                where=str(study.folder / "allocation"),
                value=allocation.protocol_sha256[:16],
                why=f"this protocol is {study.protocol.sha256[:16]}",
                fix="make the list again: crossblock randomize protocol.toml -o allocation …",
            )
        )
    with writing(None, "study.open", Thing.AMEND) as entry:
        entry.say(protocol=study.protocol.sha256, conduct=study.conduct.sha256)
        entry.witness()
        return entry.add(
            Opening(
                protocol_sha256=study.protocol.sha256,
                conduct_sha256=study.conduct.sha256,
                commitment=allocation.commitment if allocation else "",
                dry_run=study.dry_run,
                protocol_text=(study.folder / "protocol.toml").read_text(),
                note="first protocol",
            )
        )


def _enter_slots(study: Study, first: Opening) -> None:
    allocation = study.allocation
    assert allocation is not None
    if Slot.objects.exists():
        if first.commitment and first.commitment != allocation.commitment:
            raise ProtocolError(
                Problem(
                    what="this is another allocation list than the one that the record knows",
                    where=str(study.folder / "allocation"),
                    why="dummy and real lists, or two real ones, never share a database",
                    fix="put the first list back",
                )
            )
        return
    with writing(None, "slots.enter", Thing.AMEND) as entry:
        entry.say(slots=len(allocation.slots), commitment=allocation.commitment)
        for s in allocation.slots:
            entry.add(
                Slot(
                    number=s.number,
                    stratum=s.stratum,
                    place=s.place,
                    kits=canonical(list(s.kits)),
                    spares=canonical(list(s.spares)),
                )
            )
        entry.witness()


def amend(actor: Actor, text: str, note: str) -> Opening:
    """Enter an amended protocol. It holds at a site only after that site's approval."""
    protocol = protocol_file.parse(text.encode(), "amendment")
    _check_same_design(studies.current().protocol, protocol)
    with writing(actor, "protocol.amend", Thing.AMEND) as entry:
        if Opening.objects.filter(protocol_sha256=protocol.sha256).exists():
            raise RefusedError(Problem(what="this protocol is known already"))
        first = Opening.objects.order_by("seq").first()
        assert first is not None
        entry.say(protocol=protocol.sha256, note=note)
        entry.witness()
        return entry.add(
            Opening(
                protocol_sha256=protocol.sha256,
                conduct_sha256=first.conduct_sha256,
                commitment=first.commitment,
                dry_run=first.dry_run,
                protocol_text=text,
                note=note[:500],
            )
        )


def activate(actor: Actor, opening: Opening, site: str) -> Activation:
    """Let a site work by an amendment, by somebody else than who entered it."""
    if actor.person_id == opening.by_id:
        raise RefusedError(Problem(what="a site approves an amendment through a second person"))
    with writing(actor, "protocol.activate", Thing.AMEND, site=site) as entry:
        entry.say(protocol=opening.protocol_sha256, site=site)
        return entry.add(Activation(opening=opening, site=site))


def protocol_at(site: str) -> Opening:
    """Return the protocol in force at a site: the last one activated there, or the first."""
    last = Activation.objects.filter(site=site).order_by("-seq").first()
    found = last.opening if last else Opening.objects.order_by("seq").first()
    assert found is not None
    return found


def _check_same_design(old: Protocol, new: Protocol) -> None:
    """An amendment cannot change what the sealed list was made for."""
    if Allocation.objects.exists() and (
        old.sequence_conditions != new.sequence_conditions or old.sequence_ids != new.sequence_ids
    ):
        raise ProtocolError(
            Problem(
                what="an amendment cannot change the sequences after the first allocation",
                why="people were randomized to them",
                fix="close this study and open another",
            )
        )
