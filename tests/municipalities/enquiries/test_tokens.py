"""The number in a subject leads to its own enquiry only."""

import pytest
from cryptography.fernet import Fernet

from municipalities.enquiries.tokens import named_in, token_of
from tests.factories.municipalities import EnquiryFactory, MunicipalityFactory

pytestmark = pytest.mark.django_db


def test_it_holds_after_the_keys_were_rotated_and_nowhere_else(settings):
    enquiry = EnquiryFactory()
    subject = f"SV: VS: Svar {token_of(enquiry)} igjen"
    assert named_in(subject, enquiry.municipality) == enquiry.pk
    settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
    assert named_in(subject, enquiry.municipality) == enquiry.pk
    assert named_in(subject, MunicipalityFactory()) is None
    assert named_in(subject.replace(f"[{enquiry.pk}-", f"[{enquiry.pk + 1}-"), enquiry.municipality) is None
