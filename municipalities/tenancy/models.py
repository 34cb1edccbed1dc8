"""Who works where: users, their memberships, and what a role lets them do."""

from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from municipalities.municipality.models import Municipality, MunicipalityOwned, OwnedQuerySet


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **more: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **more: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **more)


class User(AbstractUser):
    """Someone who works here; newcomers and hosts never get an account, they get links."""

    username = None  # type: ignore[assignment]  # The e-mail address is the name one logs in with.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    language = models.CharField(
        _("language on screen"),
        max_length=2,
        choices=[("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")],
        blank=True,
        help_text=_("Empty: what the browser asks for."),
    )

    invited_at = models.DateTimeField(
        _("invited"),
        null=True,
        editable=False,
        help_text=_("Empty once the invitation was taken up or back."),
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()  # type: ignore[assignment,misc]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once_whatever_its_case",
                violation_error_message=_("There is already a user with this e-mail."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Role(models.TextChoices):
    READER = "reader", _("Reader")
    EDITOR = "editor", _("Editor")
    SERVICE_OFFICE = "service_office", _("Service office")
    COORDINATOR = "coordinator", _("Coordinator")
    ADMINISTRATOR = "administrator", _("Municipality administrator")


class Membership(MunicipalityOwned):
    """One role of a user in a municipality; small municipalities give one person several."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, related_name="membership", verbose_name=_("municipality")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role)
    mapped = models.BooleanField(
        _("from the login"),
        default=False,
        editable=False,
        help_text=_("Given by what the municipality's own login says, and taken away by it."),
    )

    objects = OwnedQuerySet["Membership"].as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["municipality", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "municipality", "role"],
                name="membership_once_per_user_municipality_and_role",
                violation_error_message=_("This person has this role already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.municipality} · {self.get_role_display()}"
