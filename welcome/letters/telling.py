"""What a letter tells of beside its words: the household's host, its gifts, and the meeting it may sign up for.
Read once for a whole run, in as many statements for a thousand households as for ten, and frozen with it."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from municipalities.municipality.models import Municipality
from welcome.hosts.models import HostAssignment
from welcome.letters.cohort import Member
from welcome.letters.models import Letter
from welcome.meetings import actions as meetings
from welcome.meetings.models import WelcomeMeeting, next_for
from welcome.packages.composing import gifts_of
from welcome.packages.models import Gift


def when_and_where(meeting: WelcomeMeeting) -> dict[str, Any]:
    begins, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    return {
        "day": begins.date().isoformat(),
        "time": f"{begins:%H:%M}",
        "until": f"{ends:%H:%M}",
        "deadline": timezone.localtime(meeting.deadline).date().isoformat(),
        "place": meeting.place,
        "address": meeting.address,
    }


class Telling:
    """Of one municipality's run whose letters are `dated`."""

    def __init__(self, municipality: Municipality, dated: datetime.date) -> None:
        self._dated = dated
        told = HostAssignment.objects.of(municipality).tellable().select_related("host")
        self._hosts = {assignment.household_id: assignment.host for assignment in told}
        self._gifts = list(Gift.objects.of(municipality).valid_on(dated).with_texts())
        self._meeting = next_for(municipality, after=dated)

    def host_of(self, member: Member, language: str) -> dict[str, Any]:
        host = self._hosts.get(member.household.pk)
        return host.told(language) if host else {}

    def gifts_of(self, member: Member, language: str) -> list[dict[str, Any]]:
        """By who is alive, and how old on the day of the letter."""
        people = [person for person in member.household.people.all() if person.died_on is None]
        ages = [person.age_on(self._dated) for person in people if not person.is_adult_on(self._dated)]
        lines = gifts_of(
            self._gifts, adults=len(member.adults), children=ages, day=self._dated, language=language
        )
        return [asdict(line) for line in lines]

    def meeting_in(self, languages: Iterable[str]) -> dict[str, Any]:
        """As `LetterRun.meeting` has it."""
        meeting = self._meeting
        if meeting is None:
            return {}
        found = {language: meeting.text_set.best(language) for language in languages}
        return when_and_where(meeting) | {
            "texts": {
                language: {"title": text.title, "body": text.brief, "language": text.language}
                for language, text in found.items()
                if text is not None
            },
        }

    def invite(self, letters: Sequence[Letter]) -> None:
        """Gives each letter the address at which its household signs up. Those of an earlier freezing are over."""
        if self._meeting is None or not letters:
            return
        homes = [letter.household_id for letter in letters if letter.household_id is not None]
        links = meetings.invite(meeting=self._meeting, household_ids=homes)
        for letter in letters:
            if letter.household_id is not None:
                letter.code = links[letter.household_id].url
