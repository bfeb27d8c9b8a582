"""Whether an action item says what will be true when it is done.

"Improve monitoring" never ends; "Alert when a queue holds more than 1,000 messages" does. An item is open-
ended when it begins with a verb that names an effort and nothing in it can be measured, decided or seen.
"""

from __future__ import annotations

import re

_LEAD = (
    r"(?:(?:we|to|should|need to|needs to|must|will|please|also|further|continue to|try to|start to|and) )"
    r"{0,4}"
)
_EFFORTS = (
    r"investigat(?:e|ing|ion)|look(?:ing)? (?:in)?to|explor(?:e|ing)|consider(?:ing)?|think(?:ing)? about"
    r"|discuss(?:ing|ion)?|research|improv(?:e|ing|ements?)|enhanc(?:e|ing)|optimi[sz](?:e|ing)|strengthen(?:ing)?"
    r"|rais(?:e|ing) awareness|be (?:more )?careful|keep an eye on|work on|better|more|revisit|rethink"
    r"|be (?:more|better)|get better at|remember to|double[- ]check|look at|watch out for"
)
_OPEN_ENDED = re.compile(rf"\W*{_LEAD}(?P<verb>{_EFFORTS})\b", re.IGNORECASE)
#: What gives an effort an end: a number, a condition, a question with an answer, a result that can be seen.
_BOUNDED = re.compile(
    r"\d|%|\b(?:so|such that|until|in order to|by \w+ing|to (?!be\b)[a-z]+|with (?:an? |the )"
    r"|when|whenever|if|whether|why|how|which|who|every|each|all|any|instead of|at least|at most|per"
    r"|more than|less than"
    r"|and (?:then )?(?!(?:improv|enhanc|optimi|better)\w*)(?:add|fix|writ|document|decid|report|publish"
    r"|creat|set|remov|replac|implement|defin|updat|enabl|deploy|migrat|mov|chang|configur|alert|test)\w*)\b"
    r"|\b(?:writ|document|decid|publish)\w*\b",
    re.IGNORECASE,
)
#: A wish for more of something, without a word on what it is to show or test.
_MORE_OF_IT = re.compile(
    r"\W*(?:add(?:ing)?|create|set up|implement|introduce) (?:some |more |better |additional |proper )?"
    r"(?:(?:monitoring|alert(?:s|ing)?|tests?|testing|logging|logs|metrics|dashboards?|documentation)"
    r"(?: (?:and|&) )?){1,3}\W*",
    re.IGNORECASE,
)


def open_ended_verb(description: str) -> str | None:
    """The words that make an action item open-ended; None when it has an end that can be seen."""
    words = description.strip()[:400]
    if _MORE_OF_IT.fullmatch(words):
        return words
    match = _OPEN_ENDED.match(words)
    if match is None or _BOUNDED.search(words, match.end()):
        return None
    return match.group("verb")
