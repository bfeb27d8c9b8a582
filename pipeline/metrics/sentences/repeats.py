"""What came back, did fixing help, and where next? In words."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.words import (
    all_of,
    category_in_words,
    count_of,
    in_words,
    none_of,
    part_of,
    part_with_verb,
    percent,
    upper_first,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


#: Within so many standard deviations lie 95 of 100 cases.
DEVIATIONS = 1.96
#: What the rows of `repeats_while_open` are.
REPEATS_MEANING = (
    "Each is like an earlier incident, by cause and service, by its words or because a person says so, which "
    "still had an open promise to prevent it or, where none is known to be one, of a kind not stated. "
    "Association, not proof."
)


#: What makes an incident like an earlier one.
BASIS = {
    "cause_and_service": "same cause and service",
    "text": "like words",
    "both": "same cause and service, like words",
    "reviewed": "a person said so",
}


def repeats_cost(repeats: pl.DataFrame) -> str:
    """What came back while its fix was open, and the impact of that: an association, never a blame."""
    if repeats.is_empty():
        return "Nothing is known to have come back while its fix was open."
    known = [minutes for minutes in repeats["impact_minutes"].to_list() if minutes is not None]
    came = f"{count_of(len(repeats), 'incident')} came back while a fix was still open"
    doubted = repeats["is_prevention_known"].to_list().count(False)
    if doubted:
        came += f" (for {doubted:,} nothing says that what was open is a fix)"
    if not known:
        return f"{came}; none states how long it hurt."
    of_them = "" if len(known) == len(repeats) else f" (known of {len(known):,})"
    hurt = f"{came} and hurt for {in_words(sum(known))}{of_them}"
    return f"{hurt}; whether the fix would have stopped them is not known."


def beside_chance(pairs: pl.DataFrame) -> str:
    """How many repeats of cause and service there were, and how many chance alone would bring.

    `pairs` is the metric `repeats_by_chance`. Its numbers add up, each cause and service by itself; between
    which numbers chance lies in 95 of 100 cases is told by the normal distribution.
    """
    if pairs.is_empty():
        return ""
    first = pairs.row(0, named=True)
    days, observed = first["within_days"], first["observed_days"]
    came = int(pairs["repeat_count"].sum())
    told = (
        f"By cause and service alone, {count_of(came, 'incident') if came else 'no incident'} came within "
        f"{days:,} days of another"
    )
    if observed <= days:
        return f"{told}: in records of {count_of(round(observed), 'day')} any further one does."
    expected = float(pairs["expected_count"].sum())
    reach = DEVIATIONS * sqrt(sum(each**2 for each in pairs["expected_deviation"].to_list()))
    low, high = max(0.0, expected - reach), expected + reach
    said = "more than chance explains" if came > high else "fewer than chance explains"
    if low <= came <= high:
        said = "not distinguishable from chance"
    return (
        f"{told}; by chance, at random times, about {expected:,.0f} would ({low:,.0f} to {high:,.0f} "
        f"in 95 of 100 cases): {said}."
    )


def chains_headline(members: pl.DataFrame) -> str:
    """How many incidents are repeats, in how many chains; `members` is `incidents_in_chains`."""
    if members.is_empty():
        return "No incident is known to have come back."
    count = members["chain_id"].n_unique()
    repeated = count_of(len(members) - count, "incident")
    return f"{repeated} repeated an earlier one, in {count_of(count, 'chain')}."


def likeness_in_words(row: Mapping[str, Any]) -> str:
    """Why an incident is thought to repeat an earlier one, and whether a person said so."""
    if row["basis"] is None:
        return "the first"
    return f"{basis_in_words(row)}; {'confirmed' if row['is_confirmed'] else 'candidate'}"


def basis_in_words(row: Mapping[str, Any]) -> str:
    """What makes two incidents alike, with the words that their texts share."""
    shared = list(dict.fromkeys(row["shared_words"] or []))[:6]
    words = f" ({', '.join(shared)})" if shared else ""
    return f"{BASIS.get(row['basis'], row['basis'])}{words}"


def similar_title(similar: pl.DataFrame) -> str:
    """How many incidents one resembles, before and after it, and whether a fix was open then.

    `similar` is the metric `similar_incidents`; what a person rejected does not count.
    """
    rows = [row for row in similar.iter_rows(named=True) if row["is_confirmed"] is not False]
    earlier = [row for row in rows if row["is_earlier"]]
    later = [row for row in rows if not row["is_earlier"]]
    if not rows:
        return "Resembles no other incident on record"
    said = []
    if earlier:
        nearest = _nearest(earlier, "the last ")
        told = f"Like {count_of(len(earlier), 'earlier incident')}, {nearest} before"
        still, fix = _still_open(earlier)
        if still:
            told += f", {'of which' if len(earlier) == 1 else f'for {still}'} {fix} was still open"
        said.append(told)
    if later:
        told = f"{len(later):,} like it came since, {_nearest(later, 'the first ')} after"
        still, fix = _still_open(later)
        if still:
            told += f", {'' if len(later) == 1 else f'{still} '}while {fix} of this one was still open"
        said.append(told)
    return "; ".join(said)


def days_apart(days: float) -> str:
    """ "12 days"; "under a day"."""
    return "under a day" if days < 1 else count_of(round(days), "day")


def likeness_sought(facts: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    """What an incident was compared with others by; `facts` of `marts.incidents`, `run` of `marts.runs`."""
    if facts["is_planned"]:
        return "Planned work is compared with nothing."
    if facts["occurred_at"] is None:
        return "Its day is not known, so it is neither before nor after any other."
    text = "a text of like words, however long ago."
    lacking = [
        name
        for name, value in (("cause", facts["cause_category"]), ("service", facts["service"]))
        if not value or value.lower() == "unknown"
    ]
    if lacking:
        return (
            f"Its {' and its '.join(lacking)} {'are' if lacking[1:] else 'is'} not known; sought was {text}"
        )
    return f"Sought: the same cause and service within {run['repeat_within_days']:,.0f} days, or {text}"


def _nearest(rows: list[dict[str, Any]], which: str) -> str:
    """How far the nearest is, named as that where there are several."""
    return f"{'' if len(rows) == 1 else which}{days_apart(min(row['gap_days'] for row in rows))}"


def _still_open(rows: list[dict[str, Any]]) -> tuple[str, str]:
    """At how many of them something to prevent it was open, "" for none, and what that may be called."""
    still = [row for row in rows if row["open_prevention_item_count"]]
    if not still:
        return "", ""
    counted = part_of(len(still), len(rows))
    return counted, "a promise" if any(is_doubted(row) for row in still) else "a fix"


def chains_title(chains: pl.DataFrame) -> str:
    """The costliest chain: how often it came back, over how long, and whether anything is open against it."""
    if chains.is_empty():
        return "No incident is known to have come back"
    row = chains.row(0, named=True)
    left = row["open_prevention_item_count"]
    fix = f"{count_of(left, 'fix', 'fixes')} still open" if left else "no fix is open"
    if is_doubted(row):
        fix = f"{count_of(left, 'promise')} still open, of a kind not stated"
    services, causes = row["services"] or [], row["causes"] or []
    one = services[0] if len(services) == 1 and row["service_n"] == row["incident_count"] else None
    days = round(row["span_days"])
    span = f"in {count_of(days, 'day')}" if days else "within a day"
    if one and len(causes) == 1 and row["cause_n"] == row["incident_count"]:
        named = f"{category_in_words(causes[0])} in {one} has come {row['incident_count']:,} times {span}"
    else:
        named = f"{count_of(row['incident_count'], 'incident')}{f' of {one}' if one else ''} {span}"
        named += " that resemble one another"
    if row["confirmed_count"] < row["incident_count"] - 1:
        named += f" ({row['confirmed_count']:,} confirmed)" if row["confirmed_count"] else " (candidates)"
    return f"{named}; {fix}"


def fix_title(fixes: pl.DataFrame) -> str:
    """How many fixes made a difference that chance does not explain, and for how many it is too early."""
    judged = fixes.filter(~fixes["is_still_open"])
    if judged.is_empty():
        return "No fix is done that could be judged"
    verdicts = judged["verdict"].to_list()
    n = len(verdicts)
    every = all_of(n, "fix done", "fixes done")
    # Without an incident before there is no ratio, and what came is a rise.
    fell = sum(
        v == "signal" and r is not None and r < 1 for v, r in zip(verdicts, judged["ratio"], strict=True)
    )
    counts = {
        "fewer": fell,
        "more": verdicts.count("signal") - fell,
        "early": verdicts.count("too early to say"),
        "few": verdicts.count("too few before"),
        "older": verdicts.count("closed earlier"),
        "neither": verdicts.count("not distinguishable"),
    }
    alone = next((name for name, count in counts.items() if count == n), None)
    if alone is not None:
        told = {
            "fewer": f"after {every} incidents became fewer (signal)",
            "more": f"after {every} incidents became more (signal)",
            "early": f"for {every} it is too early to say whether incidents became fewer",
            "few": f"before {every} so few incidents came that no fall can ever show",
            "older": f"{every} came before these days",
            "neither": f"after {every} no change in incidents is distinguishable",
        }
        parts = [told[alone]]
    else:
        told = {
            "fewer": f"after {fell:,} of {n:,} fixes incidents became fewer (signal)",
            "more": f"after {counts['more']:,} they became more (signal)",
            "early": f"for {counts['early']:,} it is too early to say",
            "few": f"before {counts['few']:,} so few came that no fall can ever show",
            "older": f"{counts['older']:,} came before these days",
            "neither": f"{counts['neither']:,} not distinguishable from no change",
        }
        parts = [told[name] for name, count in counts.items() if count]
        if not fell:
            parts.insert(0, f"of {none_of(n, 'fix', 'fixes')} is it shown that incidents became fewer")
    doubted = judged["is_prevention_known"].to_list().count(False)
    if doubted:
        parts.append(f"for {doubted:,} nothing says that what was done is a fix")
    return "; ".join(parts).capitalize()


def loss_in_words(loss: float, measure: str, currency: str | None = None) -> str:
    """A loss in the measure of `priorities`: "7 h 20 min", "1,200 users", "3,731 EUR"."""
    if measure == "minutes":
        return in_words(loss)
    users = "user" if round(loss) == 1 else "users"
    unit = users if measure == "users" else currency or "(no currency set)"
    return f"{loss:,.0f}\u00a0{unit}"


def avoided_in_words(row: Mapping[str, Any], column: str = "loss_avoided") -> str:
    """What a row of `priorities` would avoid, with its interval: "26 h (90 % interval 8 h to 60 h)"."""
    loss = loss_in_words(row[column], row["measure"], row["currency"])
    return f"{loss} (90\u00a0% interval {loss_interval(row, column)})"


def loss_interval(row: Mapping[str, Any], column: str = "loss_avoided") -> str:
    """The interval alone, its unit told only of durations, which change theirs: "528 – 12,910"."""
    low, high = row[f"{column}_low"], row[f"{column}_high"]
    if row["measure"] == "minutes":
        return f"{in_words(low)} – {in_words(high)}"
    return f"{low:,.0f} – {high:,.0f}"


def priorities_title(ranked: pl.DataFrame) -> str:
    """The cause of a service of which most would be avoided, what is promised against it, and on what
    assumption."""
    pairs = _ranked_pairs(ranked)
    if pairs.is_empty():
        return "Nothing can be ranked by what a fix would avoid"
    row = pairs.row(0, named=True)
    promised = "and nothing open is promised against it"
    if row["open_item_count"]:
        against = [
            item
            for item in ranked.filter(kind="action_item", cause_category=row["cause_category"]).to_dicts()
            if item["service"].strip().lower() == row["service"].strip().lower()
        ]
        doubted = sum(is_doubted(item) for item in against)
        part = f"{part_of(doubted, len(against))} " if len(against) > 1 else ""
        unclear = f" ({part}of a kind not stated)" if doubted else ""
        promised = f"with {count_of(row['open_item_count'], 'open promise')} against it{unclear}"
    return (
        f"{category_in_words(row['cause_category'])} in {row['service']} comes first, {promised}: a fix "
        f"would avoid {avoided_in_words(row)} in {row['horizon_days']} days, if it avoids "
        f"{percent(row['effectiveness'])} of the incidents; {known_share(ranked)}"
    )


def is_doubted(row: Mapping[str, Any]) -> bool:
    """Whether what a row counts as a fix is of a kind not stated, so that nothing says that it prevents."""
    return row["is_prevention_known"] is False


def known_share(ranked: pl.DataFrame) -> str:
    """Of what share of the incidents the loss is known: "what it cost is known of 62 % of them"."""
    row = ranked.row(0, named=True)
    what = {"minutes": "how long it hurt", "users": "how many users it hit", "cost": "what it cost"}
    return f"{what[row['measure']]} is known of {percent(row['measure_coverage'] or 0.0)} of them"


def order_title(ranked: pl.DataFrame) -> str:
    """How many causes of services are ranked, against how many nothing is promised, and whether the first
    can be told from the others."""
    pairs = _ranked_pairs(ranked)
    n = len(pairs)
    if not n:
        return "No cause of a service can be ranked"
    counted = count_of(n, "cause of a service", "causes of services")
    bare = pairs["open_item_count"].to_list().count(0)
    if bare:
        counted += f", against {part_of(bare, n) if n > 1 else 'it'} nothing is promised"
    if n < 2:
        return counted
    is_clear = pairs["loss_avoided_low"][0] > max(pairs["loss_avoided_high"].to_list()[1:])
    return f"{counted}: {'the first lies clear of all others' if is_clear else 'none stands out'}"


def effort_in_words(ranked: pl.DataFrame) -> str:
    """The open promise that would avoid most for its effort, where any has an estimate; else nothing."""
    estimated = ranked.filter((ranked["kind"] == "action_item") & ranked["loss_per_point"].is_not_null())
    if estimated.is_empty():
        return ""
    row = estimated.sort("per_point_rank", "priority_id").row(0, named=True)
    title = f"“{row['title']}”" + (f" ({row['jira_key']})" if row["jira_key"] else "")
    return (
        f"Most for its effort, of {count_of(len(estimated), 'promise')} with an estimate: {title}, "
        f"{avoided_in_words(row, 'loss_per_point')} a point."
    )


def overlap_in_words(ranked: pl.DataFrame) -> str:
    """How far the order of `priorities` can be told from chance: what the intervals allow."""
    pairs = _ranked_pairs(ranked)
    others = len(pairs) - 1
    if others < 1:
        return ""
    low = pairs["loss_avoided_low"][0]
    near = sum(high >= low for high in pairs["loss_avoided_high"].to_list()[1:])
    if not near:
        rest = "that of the other" if others == 1 else "those of all others"
        return f"Its interval lies above {rest}."
    return (
        f"Its interval overlaps with that of {of_others(near, others)}: "
        "by these records the order is not distinguishable from chance."
    )


def of_others(part: int, others: int) -> str:
    """ "the other", "all 24 others", "3 of 24 others"."""
    return "the other" if part == others == 1 else f"{part_of(part, others)} others"


def _ranked_pairs(ranked: pl.DataFrame) -> pl.DataFrame:
    """Causes of services to which a loss can be put, the first first: what the open promises are against."""
    return ranked.filter((ranked["kind"] == "cause_and_service") & ranked["loss_avoided"].is_not_null())


def ranking_title(ranking: pl.DataFrame, top: int = 5) -> str:
    """How many of the first causes of services stay first whatever is assumed."""
    pairs = ranking.filter(ranking["kind"] == "cause_and_service")
    if pairs.is_empty():
        return "Nothing can be ranked"
    always = sum(share == 1.0 for share in pairs["top_share"].to_list())
    sets = pairs.row(0, named=True)["scenario_count"]
    ever = sum(count > 0 for count in pairs["top_count"].to_list())
    place = "comes first" if top == 1 else f"is among the first {top}"
    places = "come first" if top == 1 else f"are among the first {top}"
    stays = part_with_verb(
        always,
        ever,
        f"cause of a service that ever {place}",
        f"causes of services that ever {places}",
        verbs=("does so", "do so", "does not"),
    )
    return f"{upper_first(stays)} under all {sets} sets of assumptions"
