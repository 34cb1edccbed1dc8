"""The link by which who tells a story takes it back."""

import datetime

from django.utils.translation import gettext_lazy as _

from municipalities.links.purposes import Purpose
from welcome.stories.models import State, Story

# No right: only the program issues it, when the story is published.
STORY = Purpose(
    code="story",
    model=Story,
    lifetime=datetime.timedelta(days=365),
    page="portal:own-story",
    over=_(
        "It led to the story that you have told. It is not shown any more. Call or write to the municipality."
    ),
    find=lambda pk: Story.objects.select_related("municipality").filter(pk=pk, state=State.PUBLISHED).first(),
    language=lambda story: story.municipality.home_language,
)
