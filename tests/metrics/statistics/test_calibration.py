"""The simulations of `benchmarks/calibration.py`, small: what the page says of the statistics still holds."""

from __future__ import annotations

from benchmarks.calibration import (
    PAGE,
    Table,
    coverage_of_counts,
    coverage_of_durations,
    coverage_of_shares,
    false_signals,
    false_signals_of_mixes,
    power,
)


def figures(table: Table) -> dict[str, list[float]]:
    """Each row's first figure per cell."""
    return {name: [float(cell.split()[0]) for cell in cells] for name, *cells in table.rows}


def test_intervals_of_durations_hold_what_they_promise() -> None:
    """Within what 600 simulations can tell, 90 %; more where the truth is a step or an end is open."""
    table = coverage_of_durations(600, (10, 50, 200))
    for name, cells in figures(table).items():
        assert min(cells) >= (81 if name.startswith("geometric mean") else 86.5), name
        if name.startswith("median") and "rounded" not in name:
            assert max(cells) <= 93.5, name


def test_exact_intervals_never_fall_short() -> None:
    """Clopper–Pearson holds every true share at least 90 %; Wilson on average."""
    for name, *cells in coverage_of_shares((10, 50)).rows:
        means, worst = zip(*[map(float, cell.rstrip(")").split(" (")) for cell in cells], strict=True)
        assert min(worst) >= 90 if name == "Clopper–Pearson" else 89 <= min(means) <= max(means) <= 92
    for name, found in figures(coverage_of_counts(500)).items():
        assert min(found) >= 86.5, name


def test_no_change_is_a_signal_in_at_most_one_of_twenty() -> None:
    """Of durations, counts and shares, within what 400 simulations can tell."""
    for name, cells in figures(false_signals(400, (8, 150))).items():
        assert max(cells) <= 8.3, name


def test_a_mix_drawn_from_the_published_one_seldom_differs_from_it() -> None:
    """In at most one mix of twenty any share is a signal, of a single incident too; 800 simulations."""
    for name, cells in figures(false_signals_of_mixes(800, (1, 2, 5, 20, 300))).items():
        assert max(cells) <= 6.6, name


def test_power_is_the_known_one() -> None:
    """A 10 % cut is seen in 9 and 47 %, a 50 % cut in 97 %, by logarithms' means; ours is close."""
    found = figures(power(300, (100, 1000)))
    assert abs(found["10 % shorter: Student's t of the logarithms"][0] - 9.2) < 6
    assert abs(found["10 % shorter: Student's t of the logarithms"][1] - 47) < 9
    assert abs(found["10 % shorter: ours (Mann–Whitney)"][1] - 45.3) < 9
    assert found["50 % shorter: ours (Mann–Whitney)"][0] > 92


def test_the_page_has_every_table_filled() -> None:
    """No mark in the page is left without its measured table."""
    text = PAGE.read_text(encoding="utf-8")
    places = text.split("<!-- measured: ")[1:]
    assert len(places) == 17
    for place in places:
        assert "| --- |" in place.split("<!-- end -->")[0], place[:40]
