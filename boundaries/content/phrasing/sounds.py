"""One key for a Hindi word however it is written: हमेशा, hamesha and hmesha all give "hmesh".

Hindi is typed in Devanagari and, as often, in Latin letters without any rule. The key leaves out
what people spell differently: the vowel a, double letters, long vowels, dots below letters.
indic-transliteration and indic-nlp-library were considered: they map letters exactly, and exact
letters are what typed Hindi does not have.
"""

from __future__ import annotations

import re
import unicodedata

CONSONANTS = (
    "क:k ख:kh ग:g घ:gh ङ:n च:ch छ:ch ज:j झ:jh ञ:n ट:t ठ:th ड:d ढ:dh ण:n त:t थ:th द:d ध:dh न:n "
    "प:p फ:f ब:b भ:bh म:m य:y र:r ल:l व:v श:sh ष:sh स:s ह:h"
)
VOWELS = "अ:a आ:a इ:i ई:i उ:u ऊ:u ऋ:ri ए:e ऐ:e ओ:o औ:o ऑ:o ऍ:e"
SIGNS = "ा:a ि:i ी:i ु:u ू:u ृ:ri े:e ै:e ो:o ौ:o ॉ:o ॅ:e ं:n ँ:n"  # beside or above a consonant
UNHEARD = "\u093c: \u094d:"  # the dot below a letter, and the sign that joins two
LETTERS = str.maketrans(
    dict(pair.split(":") for pair in f"{CONSONANTS} {VOWELS} {SIGNS} {UNHEARD}".split())
)
DEVANAGARI = re.compile("[\u0900-\u097f]")
DIGRAPHS = (
    *(("chh", "ch"), ("ph", "f"), ("ee", "i"), ("oo", "u"), ("ai", "e"), ("ei", "e")),
    *(("au", "o"), ("ou", "o"), ("w", "v"), ("z", "j"), ("q", "k"), ("x", "ks")),
    *(("iye", "ie"), ("eh", "h")),
)
GLIDES = (("ai", "e"), ("ei", "e"), ("au", "o"), ("iye", "ie"))  # two vowels in a row in Devanagari
LAST_Y = re.compile("(?<=[^aeiou])y$")
LAST_NASAL = re.compile("(?<=[ei])n$")
PALATAL = re.compile("(?:c+h+)+")  # च्च, च्छ, cch, chh
DOUBLE = re.compile(r"(.)\1+")


def key(word: str) -> str:
    """What all spellings of a word have in common."""
    word = word.lower()
    if not word.isascii():
        word = unicodedata.normalize("NFKD", word)
    if not word.isascii() and DEVANAGARI.search(word):
        word = _heard(word.translate(LETTERS), GLIDES)
    else:
        word = LAST_Y.sub("i", _heard(word, DIGRAPHS))
    word = _one_palatal(word)
    word = _one_palatal(word[:1] + word[1:].replace("a", ""))
    return LAST_NASAL.sub("", DOUBLE.sub(r"\1", word))


def _one_palatal(word: str) -> str:
    return PALATAL.sub("ch", word) if "ch" in word else word


def _heard(word: str, changes: tuple[tuple[str, str], ...]) -> str:
    for typed, heard in changes:
        if typed in word:
            word = word.replace(typed, heard)
    return word
