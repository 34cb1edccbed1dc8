"""The guide on privacy says what the registry and the cleaning say."""

import re

import pytest

from municipalities.privacy import registry
from welcome.privacy.retention import RULES


@pytest.fixture
def guide(repository):
    return (repository / "docs/privacy.md").read_text()


def _section(guide, title):
    return guide.split(f"## {title}\n")[1].split("\n## ")[0]


def test_its_table_of_activities_is_the_registrys(guide):
    rows = set(
        re.findall(r"^\| `(\w+)` \| `(\w+)` \| `(\w+)` \|$", _section(guide, "Activities"), re.MULTILINE)
    )
    assert rows == {(one.code, one.basis.value, one.retention.value) for one in registry.activities()}


def test_its_table_of_rules_is_the_cleanings(guide):
    rows = re.findall(r"^\| `(\w+)` \|", _section(guide, "Retention"), re.MULTILINE)
    assert rows == [rule.code for rule in RULES]
