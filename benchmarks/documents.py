"""Documents of the size real ones have: those of the invented company, with more told around them."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path

from pipeline.demo.company import invent_company
from pipeline.demo.house_styles import documents

SIZE = 6_000  # characters
_OPENINGS = (
    "Before that week nobody had looked at",
    "Two of the three dashboards showed",
    "The people on call compared",
    "A week earlier the team had changed",
    "Logs of the whole afternoon contain",
    "Support had already asked about",
    "The change log mentions",
    "In the review we looked again at",
)
_OBJECTS = (
    "the connection pool and its limits",
    "the retries of the mobile clients",
    "queue depth, error rate and saturation by zone",
    "the script that rotates credentials",
    "a cache that had grown since spring",
    "the order in which services start",
    "what the provider had written to its status page",
    "the runbook, which names a host that is gone",
)
_ENDINGS = (
    "and found nothing unusual.",
    "which explains why the graphs look calm.",
    "but did not connect it with what users saw.",
    "as it had been agreed in the last review.",
    "without saying who owns it.",
    "and wrote down what was missing.",
)


def write_documents(folder: Path, count: int, *, seed: int = 1, as_of: datetime) -> list[Path]:
    """`count` Markdown files of about `SIZE` characters, each with a title of its own."""
    rng = random.Random(seed)
    company = invent_company(seed=seed, incident_count=min(count, 1000), as_of=as_of)
    texts = [
        _text(document.content)
        for document in documents(company, "https://jira.example")
        if document.plan.path.endswith(".md")
    ]
    told = [text for text in texts if len(text) > 600 and "# " in text]
    written = []
    for number in range(count):
        text = told[number % len(told)].replace("# ", f"# No. {number}: ", 1)
        path = folder / f"{number // 1000:03}" / f"{number:06}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_with_more(text, rng), encoding="utf-8")
        written.append(path)
    return written


def _text(content: bytes | str) -> str:
    return content if isinstance(content, str) else content.decode("utf-8", "ignore")


def _with_more(text: str, rng: random.Random) -> str:
    """`text` and, under headings of its own, prose, lists and code up to the size."""
    parts, length, section = [text, "\n## Background\n"], len(text), 1
    while length < SIZE:
        kind = rng.randrange(6)
        if kind == 0:
            part = "".join(f"\n- {_sentence(rng)}" for _ in range(4)) + "\n"
        elif kind == 1:
            part = (
                "\n```\n" + "\n".join(f"GET /v1/items/{rng.random():.6f} 200" for _ in range(4)) + "\n```\n"
            )
        elif kind == 2:
            section += 1
            part = f"\n### Observation {section}\n"
        else:
            part = "\n" + " ".join(_sentence(rng) for _ in range(3)) + "\n"
        parts.append(part)
        length += len(part)
    return "".join(parts)


def _sentence(rng: random.Random) -> str:
    return f"{rng.choice(_OPENINGS)} {rng.choice(_OBJECTS)} {rng.choice(_ENDINGS)}"
