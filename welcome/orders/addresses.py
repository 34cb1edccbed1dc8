"""The address in an order, as people write it: street and number on one line, post code, place."""

from dataclasses import replace

from welcome.households.addresses import NO_ADDRESS, Address
from welcome.households.cells import whole_address_of
from welcome.households.models import AddressKind


def read(street: str, postal_code: str, postal_place: str) -> Address:
    """What has no number may be a farm: then it is a holding of that name."""
    if not street or not postal_code or not postal_place:
        return NO_ADDRESS
    parts = whole_address_of(street)
    found = Address(
        AddressKind.STREET.value,
        street=parts["street"],
        house_number=parts.get("house_number", ""),
        house_letter=parts.get("house_letter", ""),
        unit=parts.get("unit", ""),
        postal_code=postal_code,
        postal_place=postal_place,
    )
    if not found.house_number:
        return replace(
            found, address_kind=AddressKind.CADASTRE.value, extra_line=found.street[:60], street=""
        )
    return found
