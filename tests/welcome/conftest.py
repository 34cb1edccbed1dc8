import pytest
from django.utils import translation


@pytest.fixture
def in_english():
    """Sentences are compared as the code writes them; what they are called in Norwegian is the translations' own."""
    translation.activate("en")
