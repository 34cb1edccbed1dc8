"""Links that open one page about one thing without a login."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from municipalities.links import tokens
from municipalities.links.purposes import Purpose, purpose
from municipalities.municipality.models import MunicipalityOwned, OwnedQuerySet


class LinkQuerySet(OwnedQuerySet["Link"]):
    def to(self, obj: models.Model) -> Self:
        return self.filter(model=obj._meta.label_lower, object_id=obj.pk)

    def unrevoked(self) -> Self:
        return self.filter(revoked_at=None)

    def running(self) -> Self:
        """Neither revoked nor too old. Whether the object is still as it was is asked when it is opened."""
        return self.unrevoked().filter(expires_at__gt=timezone.now())


class Link(MunicipalityOwned):
    """Bound to one purpose and one object. It holds nothing by which it could be opened: see tokens.py."""

    purpose = models.CharField(_("purpose"), max_length=16, editable=False)
    model = models.CharField(_("kind of object"), max_length=60, editable=False)
    object_id = models.PositiveBigIntegerField(_("number of the object"), editable=False)
    state = models.CharField(_("fingerprint of the object"), max_length=32, editable=False)
    nonce = models.CharField(_("nonce"), max_length=20, editable=False)
    created_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("issued by"),
    )
    expires_at = models.DateTimeField(_("works until"), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("revoked by"),
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["model", "object_id"], name="link_by_object")]
        constraints = [
            models.UniqueConstraint(
                fields=["nonce"],
                name="link_nonce_once",
                violation_error_message=_("There is already a link with this nonce."),
            ),
            models.UniqueConstraint(
                fields=["purpose", "model", "object_id"],
                condition=Q(revoked_at=None),
                name="link_one_unrevoked_per_purpose_and_object",
                violation_error_message=_("There is already a link for this; revoke it first."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="link_ends_after_it_began",
                violation_error_message=_("A link must work for some time."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(revoked_at__isnull=False),
                name="link_revoked_by_has_its_time",
                violation_error_message=_("Who revoked a link did so at some time."),
            ),
        ]

    def __str__(self) -> str:
        return _("Link %(number)s") % {"number": self.pk}

    @property
    def bound_to(self) -> tuple[object, ...]:
        return (self.model, self.object_id, self.municipality_id)

    @property
    def token(self) -> str:
        return tokens.make(purpose=self.purpose, nonce=self.nonce, bound_to=self.bound_to)

    @property
    def url(self) -> str:
        """Whole, for a mail or a letter. It is a secret: never in a log, never on a page that stays."""
        return settings.SITE_URL + reverse("open_link", args=[self.purpose, self.token])

    @property
    def its_purpose(self) -> Purpose:
        return purpose(self.purpose)

    @property
    def is_running(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    def opens(self, obj: models.Model) -> bool:
        """Whether `obj` is what it was issued for, in the same municipality and in the same state."""
        its = self.its_purpose
        return (
            self.is_running
            and (self.model, self.object_id) == (obj._meta.label_lower, obj.pk)
            and self.municipality_id == its.municipality_id(obj)
            and tokens.is_fingerprint(self.state, its.state(obj), nonce=self.nonce)
        )
