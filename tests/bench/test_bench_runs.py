"""The measures still run on the program as it is. Their figures are not judged here: a test machine is shared and in a hurry."""

import pytest

from bench.__main__ import IN_A_TERMINAL, MEASURES, ON_A_SERVER, TINY_SCALE, run
from bench.table import Figure, table


@pytest.mark.parametrize("name", [name for name in MEASURES if name not in ON_A_SERVER])
def test_each_measure_gives_its_figures_at_a_tiny_size(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = run(TINY_SCALE, [name])[name]
    assert any(figure.limit is not None for figure in figures)
    assert all(figure.value >= 0 for figure in figures)
    assert "| measure" in capsys.readouterr().out


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ["month", "cashing"])
def test_the_measures_of_the_database_run_on_postgresql_too(name: str) -> None:
    assert name not in IN_A_TERMINAL
    assert run(TINY_SCALE, [name], "postgresql")[name]


def test_a_statement_count_does_not_depend_on_the_number_of_lines() -> None:
    counts = [
        figure.value for figure in run(TINY_SCALE, ["cashing"])["cashing"] if figure.what.startswith("statements")
    ]
    assert len(counts) == 3
    assert len(set(counts)) == 1
    assert counts[0] <= 20


def test_a_figure_over_its_budget_is_said_to_be_over() -> None:
    shown = table("Essai", [Figure("juste", 10, "ms", 10), Figure("au-delà", 10.1, "ms", 10), Figure("su", 3, "ms")])
    assert [line.split("|")[4].strip() for line in shown.splitlines()[4:]] == ["ok", "over", ""]
