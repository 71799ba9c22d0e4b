"""People, mails that wait to be sent, workers, and deleted ids."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.text import OwnWords
from accounts.time_zones import ALWAYS


class UserManager(BaseUserManager["User"]):
    """Creates people, who are identified by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class NameField(models.CharField[str, str]):
    """A name, which every template isolates from the direction of the text around it."""

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        return value if value is None else OwnWords(value)

    def get_prep_value(self, value: object) -> str | None:
        return None if value is None else str(value)

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", list(args), options


class User(AbstractUser):
    """A person. The e-mail address is the only identifier; the first name is what a partner sees.

    No gender, orientation, marital status or birthday is asked: only that they are 18 or over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    first_name = NameField(_("first name"), max_length=40)
    said_adult_at = models.DateTimeField(null=True, editable=False)
    takes_mailed_codes = models.BooleanField(default=True)  # to sign in: see mailed_codes
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    # See time_zones.Clock. Never null, since reading no time is less work than reading one.
    time_zone_since = models.DateTimeField(default=ALWAYS, db_default=ALWAYS, editable=False)
    language = models.CharField(max_length=16, blank=True, default="", db_default="")
    lock = models.UUIDField(default=uuid.uuid4, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name"]

    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_one_an_address_whatever_its_case"),
        ]

    def __str__(self) -> str:
        return f"user {self.pk}"  # never a name or an address, since it may be logged

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Bind sessions to the lock as well as to the password: a new lock ends them all."""
        content = f"{self.password}{self.lock.hex}"
        return salted_hmac("accounts.lock", content, secret=secret, algorithm="sha256").hexdigest()


class Letter(models.Model):
    """A mail that waits to be sent. Sending deletes it. See accounts/posting.py."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sender = models.CharField(max_length=320)
    recipient = models.CharField(max_length=320)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(auto_now_add=True)
    # Of reminders only. The version before writes letters without them.
    unsubscribe = models.CharField(max_length=500, default="", db_default="")
    by_day_in = models.CharField(max_length=64, default="", db_default="")  # a time zone
    language = models.CharField(max_length=16, default="", db_default="")  # of its text
    urgent = models.BooleanField(default=False, db_default=False)  # somebody waits for a code
    due_at = models.DateTimeField(db_default=Now())  # by the clock that claims go by
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    claimed_by = models.CharField(max_length=64, default="", db_default="")  # a worker

    class Meta:
        indexes: ClassVar = [
            models.Index("urgent", "due_at", name="letter_due", condition=models.Q(claimed_by="")),
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class SentLetter(models.Model):
    """When a letter with a code was sent. The code's lifetime begins then: see code_times."""

    id = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sent letter {self.pk}"


class ReadinessCheck(models.Model):
    """The one row that a check of readiness writes: see config/readiness.py."""

    id = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return "readiness check"


class Heartbeat(models.Model):
    """When a worker was last alive. Tasks and letters of a dead worker are freed."""

    worker = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField()
    no_mail_since = models.DateTimeField(null=True)  # while its mail server takes none

    def __str__(self) -> str:
        return f"worker {self.worker}"


class Tombstone(models.Model):
    """The random id of a deleted account or couple, to delete it again after a restore."""

    id = models.UUIDField(primary_key=True, editable=False)
    on = models.DateField(auto_now_add=True)

    def __str__(self) -> str:
        return f"tombstone {self.pk}"

    @property
    def line(self) -> str:
        """Its line in the file that is kept outside the database."""
        return f"{self.on} {self.pk}"
