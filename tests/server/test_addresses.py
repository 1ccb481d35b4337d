"""Every address there is gets filled in, from the table of addresses itself."""

from django.urls import URLPattern, get_resolver, resolve

from crossblock.server import addresses
from crossblock.server.record.models import Entry
from crossblock.server.roles import Thing
from tests.server.world import World


def test_no_address_is_left_out_and_each_leads_back_to_its_view(lite: World) -> None:
    person = lite.started()
    lite.rate(person)
    found = list(addresses.every(person))
    named = {str(p.name) for p in get_resolver().url_patterns if isinstance(p, URLPattern)}
    assert {a.name for a in found} >= named
    for address in found:
        assert resolve(address.path).url_name == address.name or not address.kwargs
        assert "POST" in address.methods or "GET" in address.methods
    assert sum(a.path.startswith("/accounts/") for a in found) > 8
    assert len({a.path for a in found}) == len(found)


def test_an_address_states_what_its_view_states(lite: World) -> None:
    person = lite.started()
    by_name = {a.name: a for a in addresses.every(person)}
    assert (by_name["lock"].thing, by_name["lock"].methods) == (Thing.LOCK, ("GET", "POST"))
    assert (by_name["stock"].thing, by_name["stock"].verb, by_name["stock"].code) == (
        Thing.STOCK, "r", "",
    )  # fmt: skip
    assert by_name["envelope"].methods == ("POST",)
    assert by_name["gate"].kwargs["name"] == "gate"


def test_forms_and_entries_are_found_from_their_addresses(lite: World) -> None:
    person = lite.started()
    saved = lite.rate(person)
    forms = {addresses.place_of(a) for a in addresses.every(person) if a.name == "form"}
    assert {p.form for p in forms if p} >= {"hamd17", "session-vitals", "adverse-events"}
    entries = {addresses.entry_of(a) for a in addresses.every(person) if a.name == "history"}
    assert entries == {*Entry.objects.filter(participant=person), None}
    receipts = [a for a in addresses.every(person) if a.name == "receipt"]
    assert saved.version.entry in {addresses.entry_of(a) for a in receipts}
