"""The categories incidents are counted by: two lists, causes and triggers, in a file the user may replace.

`taxonomy.toml` beside this module is the default, and says at its top how it is used. Both the settings and
the reader of documents know this module; it knows neither.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_TOKEN = re.compile(r"\(([^()]*)\)(s\?|\?)?|(\.\.\.)|([^\s()]+)")
_WORD = re.compile(r"[^\W_][\w'/.&+-]{0,38}\*?(?:s\?)?")
_NOT_LETTERS = re.compile(r"[\W_]+")
_GAP = r"[\s-]{1,3}"
#: What a phrase counts.
STRONG, _WEAK, _AGAINST = 2.0, 1.0, -2.0


class _Piece:
    """A part of a phrase: its pattern, whether it may be missing, and words of which one must be there."""

    __slots__ = ("is_gap", "is_optional", "pattern", "stems")

    def __init__(
        self, pattern: str, stems: tuple[str, ...], *, is_optional: bool = False, is_gap: bool = False
    ):
        self.pattern, self.stems, self.is_optional, self.is_gap = pattern, stems, is_optional, is_gap


@lru_cache(maxsize=8192)
def _pieces(phrase: str) -> tuple[_Piece, ...]:
    """The parts of a phrase. Raises ValueError, saying what a phrase is."""
    return tuple(_read_pieces(phrase))


def _read_pieces(phrase: str) -> Iterator[_Piece]:
    position = 0
    for match in _TOKEN.finditer(phrase):
        if phrase[position : match.start()].strip():
            raise ValueError(
                f'a phrase whose brackets pair, without brackets within brackets, not "{phrase}"'
            )
        position = match.end()
        group, suffix, gap, word = match.groups()
        if gap:
            yield _Piece(r"(?:(?:[^\s.;!?]|\.(?=\w)){1,40}\s{1,2}){0,5}", (), is_gap=True)
            continue
        choices = [choice.split() for choice in group.split("|")] if group is not None else [[word]]
        if not all(
            choice and all(_WORD.fullmatch(each) and each == each.lower() for each in choice)
            for choice in choices
        ):
            raise ValueError(
                f'words in lower case, as in "(bad|wrong) config", "disk ... full" or "misconfigur*", '
                f'not "{phrase}"'
            )
        patterns = [_GAP.join(_word_pattern(each) for each in choice) for choice in choices]
        pattern = f"(?:{'|'.join(patterns)})" + ("s?" if suffix == "s?" else "")
        yield _Piece(
            pattern,
            tuple(_stem(max(choice, key=lambda each: len(_stem(each)))) for choice in choices),
            is_optional=suffix == "?",
        )
    if phrase[position:].strip():
        raise ValueError(f'a phrase whose brackets pair, without brackets within brackets, not "{phrase}"')


def _word_pattern(word: str) -> str:
    plural = "s?" if word.endswith("s?") else ""
    word = word.removesuffix("s?")
    ending = r"\w{0,20}" if word.endswith("*") else ""
    return re.escape(word.removesuffix("*")).replace(r"\-", r"[\s-]?") + ending + plural


def _stem(word: str) -> str:
    """The longest run of letters that any text with this word holds."""
    return max(re.split(r"[-*]", word.removesuffix("s?")), key=len)


def _is_phrase(phrase: str) -> str:
    found = _pieces(phrase)
    if not found or found[0].is_gap or found[-1].is_gap or found[-1].is_optional:
        raise ValueError(f'a phrase that begins and ends with words that must be there, not "{phrase}"')
    return phrase


@lru_cache(maxsize=8192)
def phrase_pattern(phrase: str) -> re.Pattern[str]:
    """The pattern of a phrase for text in lower case. Compiling takes a while: see `phrase_stems` first."""
    found = _pieces(phrase)
    parts = []
    for number, piece in enumerate(found):
        if piece.is_gap or number == len(found) - 1:
            parts.append(piece.pattern)
        elif piece.is_optional:
            parts.append(f"(?:{piece.pattern}{_GAP})?")
        else:
            parts.append(piece.pattern + _GAP)
    return re.compile(rf"(?<!\w)(?:{''.join(parts)})(?!\w)")


@lru_cache(maxsize=8192)
def phrase_stems(phrase: str) -> tuple[str, ...]:
    """Words of which a text in lower case holds one wherever the phrase's pattern matches."""
    return max(needed_stems(phrase), key=lambda words: (-len(words), min(map(len, words))))


@lru_cache(maxsize=8192)
def needed_stems(phrase: str) -> tuple[tuple[str, ...], ...]:
    """Words, one of each group of which a text in lower case holds wherever the phrase's pattern matches."""
    return tuple(piece.stems for piece in _pieces(phrase) if not piece.is_optional and not piece.is_gap)


Phrase = Annotated[str, Field(max_length=600), AfterValidator(_is_phrase)]
Words = Annotated[str, Field(min_length=1, max_length=200)]


class Category(BaseModel):
    """One category: what it means for people, and the words that stand for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: Words
    definition: Annotated[str, Field(max_length=1000)] = ""
    published_as: Annotated[str, Field(max_length=200)] = ""  # one of Google's, as `published_mix` names it
    examples: tuple[str, ...] = ()
    aliases: tuple[Words, ...] = ()  # what people write for it when they state a category
    strong: tuple[Phrase, ...] = ()  # each counts 2
    weak: tuple[Phrase, ...] = ()  # each counts 1
    against: tuple[Phrase, ...] = ()  # each takes 2 away

    @cached_property
    def rules(self) -> tuple[tuple[float, str, tuple[tuple[str, ...], ...]], ...]:
        """What each phrase counts, the phrase, and its `needed_stems`; strong ones first."""
        weighed = ((self.strong, STRONG), (self.weak, _WEAK), (self.against, _AGAINST))
        return tuple(
            (weight, phrase, needed_stems(phrase)) for phrases, weight in weighed for phrase in phrases
        )

    @cached_property
    def rules_by_stem(self) -> dict[str, list[int]]:
        """Word → the positions in `rules` that count only where a text holds it, or another of theirs."""
        positions: dict[str, list[int]] = {}
        for position, (_, phrase, _) in enumerate(self.rules):
            for stem in phrase_stems(phrase):
                positions.setdefault(stem, []).append(position)
        return positions


class Taxonomy(BaseModel):
    """The categories of causes and those of triggers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    causes: tuple[Category, ...]
    triggers: tuple[Category, ...]

    @model_validator(mode="after")
    def _words_mean_one_category(self) -> Taxonomy:
        for what, categories in (("causes", self.causes), ("triggers", self.triggers)):
            if not categories:
                raise ValueError(f"{what}: is empty; add a category, or take the file that ships")
            meant: dict[str, str] = {}
            names = [plain_words(category.name) for category in categories]
            for category in categories:
                if names.count(plain_words(category.name)) > 1:
                    raise ValueError(f'{what}: "{category.name}" stands there twice; each may stand once')
                for word in (category.name, *category.aliases):
                    if meant.setdefault(plain_words(word), category.name) != category.name:
                        raise ValueError(
                            f'{what}: "{word}" means {meant[plain_words(word)]} and {category.name}; '
                            "leave it with one of them"
                        )
        return self


def plain_words(words: str) -> str:
    """Words as they are compared: "Config-Change" and "config change" are one."""
    return _NOT_LETTERS.sub(" ", words.casefold()).strip()


def default_taxonomy_text() -> str:
    """The file that ships with the product, for people to copy and edit."""
    return files("pipeline").joinpath("taxonomy.toml").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def default_taxonomy() -> Taxonomy:
    """The taxonomy that ships with the product."""
    return Taxonomy.model_validate(tomllib.loads(default_taxonomy_text()))
