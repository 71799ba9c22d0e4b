"""Planted leaks: each lets the language that Bob reads reach Alice, in another way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from unittest import mock

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from accounts import data_export, languages
from accounts.models import User
from boundaries import notifications
from boundaries.agreements import history
from boundaries.reminders import mailing
from boundaries.talks import overview
from tests.privacy.leaks import Leak, everywhere, instead, planted

OF_A_LANGUAGE: dict[str, Leak] = {}
OF_A_LANGUAGE_IN_WORK: dict[str, Leak] = {}
OF_A_LATER_LANGUAGE: dict[str, Leak] = {}


def bobs_language() -> str:
    return User.objects.get(first_name="Bob").language


@everywhere(OF_A_LANGUAGE, "the other's language on the page about them", "/partner/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.content += f'<span lang="{bobs_language()}">Bob</span>'.encode()


@everywhere(OF_A_LANGUAGE, "a page that says it is in the other's language", "/home/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response["Content-Language"] = bobs_language()


@everywhere(OF_A_LANGUAGE, "the browser is given the other's language", "/understandings/")
def _(request: HttpRequest, response: HttpResponse) -> None:
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, bobs_language())


@planted(OF_A_LANGUAGE, "a mail to both in the language of one")
def _() -> Any:
    def spoiled(person: User) -> str:
        return bobs_language()

    return mock.patch.object(languages, "language_of", spoiled)


@planted(OF_A_LANGUAGE, "a reminder in the language of the other")
def _() -> Any:
    def spoiled(true: Any, person: Any, mail: Any) -> Any:
        return true(replace(person, language=bobs_language()), mail)

    return instead(mailing, "_letter")(spoiled)


@planted(OF_A_LANGUAGE, "a copy of one's own data with the other's language in it")
def _() -> Any:
    def spoiled(true: Any, user: Any) -> Any:
        return {**true(user), "partner_reads": bobs_language()}

    return instead(data_export, "export")(spoiled)


@planted(OF_A_LANGUAGE, "a talk has the words in which the other opened it")
def _() -> Any:
    def spoiled(true: Any, conversation: Any, key: Any) -> Any:
        return conversation.read(key, "wording")

    return instead(overview, "_wording")(spoiled)


@planted(OF_A_LANGUAGE_IN_WORK, "a mail is put into words anew where it must be translated")
def _() -> Any:
    def spoiled(true: Any, language: str, site_url: str) -> Any:
        if language != settings.LANGUAGE_CODE:
            render_to_string("emails/something_waits.txt", {"site_url": site_url})
        return true(language, site_url)

    return instead(notifications, "_something_waits")(spoiled)


@planted(OF_A_LATER_LANGUAGE, "words are said to be in what their writer reads today")
def _() -> Any:
    def spoiled(true: Any, rows: Any, names: Any, key: Any) -> Any:
        version = true(rows, names, key)
        return replace(version, words=replace(version.words, language=bobs_language()))

    return instead(history, "_version")(spoiled)
