from municipalities.jobs.models import FeedPosition, Vacancy, VacancySubmission
from municipalities.privacy.activities import VACANCIES
from municipalities.privacy.below import MODERATED, SENT_IN, SENT_IN_PLAIN
from municipalities.privacy.registry import Kind, declare, nothing_personal

DECLARATIONS = [
    nothing_personal(
        Vacancy,
        *MODERATED, "title", "body", "language", "employer", "employer_name", "employer_number", "employer_url",
        "field", "extent", "percent", "engagement", "positions", "postal_code", "postal_place", "due_on", "due_words",
        "apply_url", "apply_email", "source", "source_url", "feed_uuid", "feed_changed_at",
    ),
    declare(
        VacancySubmission,
        activity=VACANCIES,
        personal={**SENT_IN, "phone": Kind.CONTACT},
        plain=[*SENT_IN_PLAIN, "vacancy"],
    ),
    nothing_personal(
        FeedPosition,
        "id", "path", "etag", "modified", "caught_up_at", "asked_at", "not_before", "held_until", "token", "failures",
        "why", "taken", "refused",
    ),
]  # fmt: skip
