"""What employers are told of the vacancies they have sent in."""

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from municipalities.jobs.links import VACANCY
from municipalities.jobs.models import Vacancy, VacancySubmission
from municipalities.moderation.desks import Desk
from municipalities.moderation.models import News


def title_of(vacancy: Vacancy, language: str) -> str:
    return vacancy.title


def page_of(vacancy: Vacancy) -> str:
    name = f"{vacancy.pk}-{slugify(vacancy.title) or 'x'}"
    return reverse("portal:job", args=[vacancy.municipality.slug, name])


DESK = Desk(
    model=VacancySubmission,
    rows=Vacancy,
    purpose=VACANCY,
    templates="jobs",
    subjects={
        News.CONFIRM: _("Confirm the vacancy you have sent: %(title)s"),
        News.PUBLISHED: _("Your vacancy is published: %(title)s"),
        News.RETURNED: _("Your vacancy needs a change before it is published: %(title)s"),
        News.DECLINED: _("Your vacancy is not published: %(title)s"),
        News.EXPIRES: _("Is it still vacant? %(title)s"),
    },
    title_of=title_of,
    page_of=page_of,
)
