"""Which reminders come by mail, and which one a button on the home page is about."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from boundaries.vocabulary import ReminderKind


class ReminderMailsForm(forms.Form):
    """The kinds of which somebody wants mails."""

    on = forms.MultipleChoiceField(
        choices=ReminderKind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Remind me by mail of"),
        error_messages={
            "invalid_choice": _("Please choose from the list."),
            "invalid_list": _("Please choose from the list."),
        },
    )


class ReminderForm(forms.Form):
    """The reminder that the page showed."""

    kind = forms.ChoiceField(choices=ReminderKind)
    subject = forms.UUIDField()
