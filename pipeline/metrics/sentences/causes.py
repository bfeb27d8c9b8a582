"""What keeps hurting us? In words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.times import rate_in_words
from pipeline.metrics.sentences.words import (
    MOST,
    all_of,
    category_in_words,
    count_of,
    lower_first,
    none_of,
    percent,
    relative,
    share_span,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl


def impact_headline(causes: pl.DataFrame) -> str:
    """The costliest known cause and its share; or how much has no known cause, when that is most.

    `causes` is `impact_shares` or `recurring_causes`.
    """
    total = sum(causes["impact_minutes"].to_list())
    if not total:
        return "No incident in this period states how long it hurt."
    named = _known(causes)
    unknown = unknown_share(causes)
    if named is None or unknown > MOST:
        return f"The cause of {percent(unknown)} of the impact is not known."
    return f"{category_in_words(named['category'])} cost most: {_share_of_impact(named)}."


def unknown_share(frame: pl.DataFrame) -> float:
    """Which share of the impact lies in the row that stands for what is not known; 0 of nothing."""
    total = sum(frame["impact_minutes"].to_list())
    hidden = sum(row["impact_minutes"] for row in frame.iter_rows(named=True) if row["is_unknown"])
    return hidden / total if total else 0.0


def cause_title(causes: pl.DataFrame) -> str:
    """The costliest known cause, its share of the impact, and how much has none when that is most."""
    return _costliest(causes, category_in_words, "no known cause") or (
        "No cause is known to have cost anything"
    )


def service_title(services: pl.DataFrame) -> str:
    """The costliest service and its share of the impact."""
    return _costliest(services, str, "no service stated") or ("No service is known to have been hurt")


def repeats_title(repeats: pl.DataFrame) -> str:
    """How often something came back unfixed."""
    if repeats.is_empty():
        return "Nothing is known to have come back while its fix was open"
    confirmed = int(repeats["is_confirmed"].sum())
    if confirmed == len(repeats):
        sure = "confirmed" if len(repeats) == 1 else f"{'both' if len(repeats) == 2 else 'all'} confirmed"
    elif confirmed:
        sure = f"{confirmed:,} confirmed, the others candidates"
    else:
        sure = "candidates" if len(repeats) > 1 else "a candidate"
    return f"{count_of(len(repeats), 'incident')} came back while the fix was still open ({sure})"


def _costliest(frame: pl.DataFrame, in_words_of: Callable[[str], str], no_name: str) -> str:
    """The costliest row that has a name; and how much of the impact has none, when that is most of it."""
    row = _known(frame)
    if row is None or not row["impact_minutes"]:
        return ""
    cost = f"{in_words_of(row['category'])}: {_share_of_impact(row)}"
    if row["n"] == 1:
        cost += ", in 1 incident"
    hidden = unknown_share(frame)
    return f"{cost}; {percent(hidden)} has {no_name}" if hidden > MOST else cost


def _share_of_impact(row: dict[str, Any]) -> str:
    share = f"{percent(row['impact_share'])} of the impact"
    low, high = row.get("impact_share_low"), row.get("impact_share_high")
    return share if low is None or high is None else f"{share} (90\u00a0% interval {share_span(low, high)})"


def _known(frame: pl.DataFrame) -> dict[str, Any] | None:
    """The first row that stands for something known."""
    return next((row for row in frame.iter_rows(named=True) if not row["is_unknown"]), None)


def recurring_in_words(causes: pl.DataFrame, kind: str = "cause") -> str:
    """The most frequent known category with its interval, and what grows; of `recurring_causes`."""
    total = sum(causes["incident_count"].to_list())
    if not total:
        return f"No incident, so no {kind}."
    rows = list(causes.iter_rows(named=True))
    unknown = sum(row["incident_count"] for row in rows if row["is_unknown"])
    known = [row for row in rows if not row["is_unknown"]]
    rest = f"; of {percent(unknown / total)} no {kind} is known" if unknown else ""
    if not known:
        return f"Of {all_of(total, 'incident')} no {kind} is known."
    first = max(known, key=lambda row: row["incident_count"])
    compared = max(row["compared"] for row in rows)
    trends = [
        f"{lower_first(category_in_words(row['category']))} "
        f"{'began' if row['ratio'] is None else relative(row['ratio'], 'more', 'fewer')}"
        for row in known
        if row["verdict"] == "signal"
    ]
    trend = (
        f"a signal between the halves for {', '.join(trends)}"
        if trends
        else "no change between the halves is distinguishable"
    )
    return (
        f"{category_in_words(first['category'])} struck most often: {first['incident_count']:,} of "
        f"{count_of(total, 'incident')} (90 % interval "
        f"{share_span(first['share_low'], first['share_high'])}){rest}; {trend} "
        f"(corrected for {count_of(compared, 'comparison')})."
    )


def cells_in_words(cells: pl.DataFrame) -> str:
    """The service and known cause that met most often, or all that met as often.

    `cells` is the metric `causes_by_service`.
    """
    known = cells.filter((cells["cause_category"] != "unknown") & (cells["service"] != "not stated"))
    total = sum(cells["n"].to_list())
    if not total:
        return "No incident, so no service and no cause."
    if known.is_empty():
        if total == 1:
            return "Of the one incident service and cause are not both known."
        return f"Of {none_of(total, 'incident')} are both service and cause known."
    most = max(known["n"].to_list())
    first = [row for row in known.iter_rows(named=True) if row["n"] == most]
    names = [f"{category_in_words(row['cause_category'])} in {row['service']}" for row in first]
    alike = " and ".join(f"{row['expected_count']:,.1f}" for row in first)
    if len(first) > 2:
        said = f"{len(first):,} pairs of cause and service came most often: {most:,} each of"
        alike = ""
    elif len(first) == 2:
        said = f"{names[0]} and {lower_first(names[1])} came most often: {most:,} each of"
    else:
        said = f"{names[0]} came most often: {most:,} of"
    alike = f", {alike} if causes struck all services alike" if alike else ""
    return (
        f"{said} {count_of(total, 'incident')}{alike}; both are known of "
        f"{percent(sum(known['n'].to_list()) / total)}."
    )


def rates_in_words(services: pl.DataFrame) -> str:
    """The service with the highest rate, drawn towards the whole; `services` is `services_by_rate`."""
    named = [
        row
        for row in services.iter_rows(named=True)
        if row["service"] != "not stated" and row["rate_per_30_days"] is not None
    ]
    if not named:
        return "No service has a rate of incidents."
    first = max(named, key=lambda row: row["n"])
    others = [row for row in named if row is not first]
    tied = [row["service"] for row in named if row["n"] == first["n"]]
    apart = all(row["high"] < first["low"] for row in others)
    said = "apart from all others" if apart and others else "not distinguishable from the next"
    if not others:
        said = "the only service named"
    whose = f"{first['service']} has most incidents"
    if len(tied) > 1:
        whose = f"{len(tied)} services have most incidents: {', '.join(tied[:4])}"
        whose += " and others" if len(tied) > 4 else ""
        said = "not distinguishable from each other"
    each = " each" if len(tied) > 1 else ""
    if len(services) == 1:
        return (
            f"{whose}: {rate_in_words(first['own_rate_per_30_days'])} in 30 days (n = {first['n']:,}, "
            f"90 % interval {rate_in_words(first['low'])} – {rate_in_words(first['high'])}), {said}."
        )
    return (
        f"{whose}: {rate_in_words(first['own_rate_per_30_days'])} in 30 days as observed (n = "
        f"{first['n']:,}{each}), {rate_in_words(first['rate_per_30_days'])} when drawn towards the whole "
        f"(90 % interval {rate_in_words(first['low'])} – {rate_in_words(first['high'])}), {said}."
    )


def mix_in_words(mix: pl.DataFrame, kind: str = "trigger") -> str:
    """Where the own mix differs from Google's published one; `mix` is the metric `published_mix`."""
    rows = [row for row in mix.iter_rows(named=True) if row["kind"] == kind]
    n = rows[0]["n"] if rows else 0
    if not n:
        return f"Of no incident the {kind} is known, so none can be set beside the published ones."
    if any(row["verdict"] == "too little is comparable" for row in rows):
        return f"{mix_title(mix, kind)} (Google, SRE Workbook)."
    apart = [
        f"{row['published_name']} {percent(row['own_share'])} against {percent(row['published_share'])}"
        for row in rows
        if row["verdict"] == "signal"
    ]
    said = (
        f"a signal for {', '.join(apart)}" if apart else "no share is distinguishable from the published one"
    )
    corrected = f"corrected for {count_of(rows[0]['compared'], 'comparison')}"
    return (
        f"Of {count_of(n, 'incident')} with a known {kind}: {said} ({corrected}; Google, SRE Workbook); "
        f"of {percent(rows[0]['unknown_share'])} of all it is not known."
    )


def pareto_title(causes: pl.DataFrame, what: str = "impact", kind: str = "cause") -> str:
    """The few known categories that make half of the impact or of the incidents, three of them at most.

    One that another equals is not named without it.
    `causes` is the metric `recurring_causes`; `what` is impact or number.
    """
    column = "impact_minutes" if what == "impact" else "incident_count"
    whole = "of the impact" if what == "impact" else "of the incidents"
    total = sum(causes[column].to_list())
    if not total:
        return "No incident in this period states how long it hurt" if what == "impact" else "No incident"
    rows = sorted(causes.iter_rows(named=True), key=lambda row: (-row[column], row["category"]))
    hidden = sum(row[column] for row in rows if row["is_unknown"]) / total
    known = [row for row in rows if not row["is_unknown"] and row[column]]
    rest = f"; of {percent(hidden)} no {kind} is known" if hidden else ""
    if not known:
        return f"Of none {whole} a {kind} is known"
    few = next((few for few in range(1, 3) if sum(row[column] for row in known[:few]) >= MOST * total), 3)
    if len(known) > few:
        alike = [row for row in known if row[column] == known[few][column]]
        few = min(few, known.index(alike[0]))
        if not few:
            return f"{count_of(len(alike), kind)} make {percent(alike[0][column] / total)} {whole} each{rest}"
    first = [lower_first(category_in_words(row["category"])) for row in known[:few]]
    share = sum(row[column] for row in known[:few]) / total
    names = ", ".join(first[:-1]) + (" and " if first[:-1] else "") + first[-1]
    verb = "makes" if len(first) == 1 else "make"
    return f"{names[0].upper()}{names[1:]} {verb} {percent(share)} {whole}{rest}"


def trend_title(causes: pl.DataFrame, kind: str = "cause") -> str:
    """Which categories became more or fewer; `causes` is the metric `recurring_causes`."""
    rows = list(causes.iter_rows(named=True))
    if not rows:
        return f"No incident, so no {kind} became more or fewer"
    compared = count_of(max(row["compared"] for row in rows), f"{kind} compared", f"{kind}s compared")
    changed = [
        f"{category_in_words(row['category'])} "
        + ("began" if row["ratio"] is None else f"struck {relative(row['ratio'], 'more', 'less')} often")
        for row in rows
        if row["verdict"] == "signal"
    ]
    if not changed:
        return f"No {kind} became more or fewer that can be told from chance ({compared})"
    return f"{'; '.join(changed)} in the second half: a signal ({compared})"


def mix_title(mix: pl.DataFrame, kind: str = "trigger") -> str:
    """The share that differs most from the published one; how much has no counterpart, when that is most."""
    rows = [row for row in mix.iter_rows(named=True) if row["kind"] == kind]
    if not rows or not rows[0]["n"]:
        return f"Of no incident the {kind} is known, so none can be set beside the published ones"
    alone = sum(row["own_share"] for row in rows if row["published_name"] == "not comparable")
    if alone == 1:
        return f"No known {kind} has a published counterpart, so none can be set beside one"
    rest = f"; {percent(alone)} of the own {kind}s have no counterpart" if alone > MOST else ""
    if any(row["verdict"] == "too little is comparable" for row in rows):
        share = rows[0]["comparable_share"]
        return f"Too little to compare: {percent(share)} of the {kind}s have a published counterpart"
    apart = sorted(
        (row for row in rows if row["verdict"] == "signal"),
        key=lambda row: -abs(row["own_share"] - row["published_share"]),
    )
    if not apart:
        return f"No share of the {kind}s can be told from the published one{rest}"
    first = apart[0]
    more = f", and {count_of(len(apart) - 1, 'more differs', 'more differ')}" if apart[1:] else ""
    said = f"{percent(first['own_share'])} here, {percent(first['published_share'])} published"
    return f"{first['published_name'].capitalize()}: {said} (signal){more}{rest}"
