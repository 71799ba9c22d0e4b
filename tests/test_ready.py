"""What is kept ready for everybody is the same for everybody, in each language."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError, engines
from django.template.loader import get_template
from django.utils import translation

from config.ready import NotForEverybody, ReadyNode

pytestmark = pytest.mark.once

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def template(text: str) -> Template:
    found: Any = engines["django"].from_string("{% load i18n ready %}" + text)
    return cast(Template, found.template)


def test_it_is_rendered_once_in_each_language() -> None:
    page = template("{% ready %}{% get_current_language as language %}{{ language }}{% endready %}")
    (node,) = page.nodelist.get_nodes_by_type(ReadyNode)

    for language in ("en", "ar", "en"):
        with translation.override(language):
            assert page.render(Context()) == language
    assert node.kept == {"en": "en", "ar": "ar"}  # type: ignore[attr-defined]


def test_in_development_it_is_rendered_each_time(settings: Any) -> None:
    settings.DEBUG = True
    page = template("{% ready %}x{% endready %}")
    (node,) = page.nodelist.get_nodes_by_type(ReadyNode)
    page.render(Context())
    node.kept["en"] = "older"  # type: ignore[attr-defined]

    assert page.render(Context()) == "x"


@pytest.mark.parametrize(
    "inside",
    [
        "{{ name }}",
        "{{ user.first_name }}",
        "{% csrf_token %}",
        '{% translate "x" as y %}{{ y }}{{ z }}',
        '{% url "answers" page.deck %}',
        "{% for one in many %}{{ one }}{% endfor %}",
        "{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}",
    ],
)
def test_it_may_ask_for_no_value(inside: str) -> None:
    page = template("{% ready %}" + inside + "{% endready %}")

    with pytest.raises(NotForEverybody):
        page.render(Context({"name": "Ada", "csrf_token": "secret", "many": ["x"]}))


@pytest.mark.parametrize(
    "inside",
    [
        "{% if user %}x{% endif %}",
        '{% include "components/leave.html" %}',
        "{% block more %}{% endblock %}",
    ],
)
def test_what_would_hide_a_missing_value_cannot_stand_in_it(inside: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        template("{% ready %}" + inside + "{% endready %}")


def test_every_one_of_ours_asks_for_no_value() -> None:
    nodes = [
        (page, node)
        for path in sorted(TEMPLATES.rglob("*.html"))
        for page in [get_template(str(path.relative_to(TEMPLATES))).template]  # type: ignore[attr-defined]
        for node in page.nodelist.get_nodes_by_type(ReadyNode)
    ]

    assert len(nodes) > 5
    for page, node in nodes:
        context = Context({"name": "never shown"})
        context.template = page
        with context.render_context.push_state(page):
            assert "never shown" not in node.render(context)
