from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from municipalities.texts.models import Text


def write(*, text: Text, before: Text | None, source: Text | None, by: AbstractBaseUser | None) -> None:
    """Save `text`; `before` is the row as it stood (None for a new one), `source` the row it is
    translated from, if any. A changed word makes a new version and counts as a review."""
    changed = before is None or any(getattr(before, w) != getattr(text, w) for w in text.WORDS)
    if changed:
        text.version = before.version + 1 if before else 1
        text.changed_at = timezone.now()
        text.changed_by_id = by.pk if by else None
        text.reviewed_on = timezone.localdate()
        text.change_wanted = ""
    if source is None:
        text.source_language, text.source_version = "", None
    elif changed or before is None or before.source_language != source.language:
        text.source_language, text.source_version = source.language, source.version
    text.save()


def confirm(*, text: Text, source: Text | None) -> bool:
    """Somebody has read `text` and it is still right, against `source` too if it is a translation.
    Says whether it holds: not for words, or a wish, that came after `text` was read."""
    text.reviewed_on = timezone.localdate()
    if source is not None:
        text.source_version = source.version
    rows = type(text)._default_manager.filter(
        pk=text.pk, version=text.version, change_wanted=text.change_wanted
    )
    text.change_wanted = ""
    return bool(
        rows.update(
            reviewed_on=text.reviewed_on, change_wanted=text.change_wanted, source_version=text.source_version
        )
    )


def ask_for_change(*, text: Text, what: str) -> None:
    """Somebody who knows has read `text` and says what is wrong; it stands until the text is changed."""
    text.change_wanted = what
    text.save(update_fields=["change_wanted"])
