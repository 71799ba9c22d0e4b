"""Behaviours that people might write themselves, and how often the note on control is right."""

from __future__ import annotations

from pathlib import Path

from boundaries.content.control import may_be_control
from tests.content.phrasing.measuring import DEVANAGARI, Found

SENTENCES = Path(__file__).parent / "sentences"
CONTROL, FINE = "control", "fine"

type Behaviour = tuple[str, str]  # what it is about, and its text


def behaviours(language: str) -> list[Behaviour]:
    """The behaviours of one language, in the order of their file."""
    lines = (SENTENCES / f"{language}.txt").read_text(encoding="utf-8").splitlines()
    split = (line.partition(" | ") for line in lines if line and not line.startswith("#"))
    return [(about, text) for about, _, text in split]


def in_devanagari(behaviours: list[Behaviour]) -> list[Behaviour]:
    """Those that are in Devanagari."""
    return [line for line in behaviours if DEVANAGARI.search(line[1])]


def measure(behaviours: list[Behaviour]) -> tuple[Found, list[str]]:
    """How often the note is right where it stands, how often it stands; and what went wrong."""
    found, mistakes = Found(), []
    for about, text in behaviours:
        noticed = may_be_control(text)
        found.right += noticed and about == CONTROL
        found.wrong += noticed and about == FINE
        found.missed += not noticed and about == CONTROL
        if noticed != (about == CONTROL):
            mistakes.append(f"{about}: {text}")
    return found, mistakes
