"""Tables and verdicts come from the recorded figures alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import comparisons, growth, memory, report, startup, threads

MACHINE = {
    "processor": "a processor",
    "cores": 2,
    "memory_gib": 8,
    "load": 0.1,
    "system": "Linux",
    "month": "May 2026",
    "versions": {"python": "3.11.0"},
}


def compared(job: str = "edge, curves", peer: str = "opencv_edges", **changes: Any) -> dict[str, Any]:
    row = {"job": job, "picture": "coffee", "threads": 1, "peer": peer, "bar": 2.5}
    return {**row, "ours": [0.01, 0.01, 0.01], "theirs": [0.03, 0.03, 0.03], **changes}


def results_of(**rows: list[dict[str, Any]]) -> report.Results:
    return {name: {"run": {"machine": MACHINE, "rounds": 3}, "rows": given} for name, given in rows.items()}


def unbuilt() -> dict[str, Any]:
    row = compared("superpixel, fills and outlines", "fast_slic", missing="could not be built: error: no compiler")
    del row["theirs"]
    return row


def test_the_page_shows_what_was_recorded() -> None:
    assert report.PAGE.read_text(encoding="utf-8") == report.page(report.load()), (
        "run .bench/bin/python -m benchmarks --recorded --write"
    )
    text = report.README.read_text(encoding="utf-8")
    assert text == report.readme(text, report.load())


def test_what_is_written_down_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = results_of(edge=[compared()], superpixel=[unbuilt()])
    for name in ("RESULTS", "PAGE", "README"):
        monkeypatch.setattr(report, name, tmp_path / name)
    report.README.write_text(f"above\n{report.BEGIN}\nold\n{report.END}\nbelow\n", encoding="utf-8")
    report.write(results)
    assert report.load() == results
    assert report.PAGE.read_text(encoding="utf-8") == report.page(results)
    shown = report.README.read_text(encoding="utf-8")
    assert shown.startswith(f"above\n{report.BEGIN}\n| 1 MP, one thread each |")
    assert shown.endswith(f"{report.END}\nbelow\n")
    assert "| edge, curves; coffee | 10.0 | OpenCV | 30.0 | 3.00 (3.00–3.00) |" in shown
    assert "old" not in shown


def test_a_peer_that_could_not_be_built_is_in_the_tables_with_the_reason() -> None:
    results = results_of(superpixel=[unbuilt()])
    for shown in (report.page(results), report.readme_block(results)):
        assert "| fast-slic | could not be built: error: no compiler |" in shown
    (verdict,) = report.verdicts(results)
    assert verdict.met is None
    assert "0 of 0 bars are met; 1 could not be measured" in report.page(results)


@pytest.mark.parametrize(("theirs", "met"), [(0.0251, True), (0.025, True), (0.0249, False)])
def test_a_bar_is_met_by_the_median_ratio(theirs: float, met: bool) -> None:
    (verdict,) = comparisons.verdicts([compared(theirs=[0.001, theirs, 9.0])])
    assert verdict.met is met


def test_bars_of_time_and_memory_are_upper_bounds() -> None:
    seconds = {"0.25": [1.0] * 3, "1": [2.0] * 3, "4": [9.0] * 3, "16": [41.0] * 3}
    found = growth.verdicts([{"backend": "edge", "picture": "coffee", "whose": growth.OURS, "seconds": seconds}])
    found += memory.verdicts(
        [
            {"backend": backend, "picture": "coffee", "megapixels": 4, "runs": [{"peak": peak, "svg": 0}]}
            for backend, peak in (("edge", 16.0), ("dots", 16.1), ("superpixel", 32.0))
        ]
    )
    found += startup.verdicts([{"process": name, "seconds": [5.0, 5.0, 5.0]} for name in startup.BARS])
    assert [verdict.met for verdict in found] == [True, False, True, False, True, False, True]


def test_two_threads_are_slower_when_most_rounds_say_so() -> None:
    row = {"backend": "edge", "picture": "coffee", "megapixels": 1, "one": [1.0] * 5}
    by_chance, truly = [0.99, 0.99, 1.01, 1.01, 1.01], [1.1, 1.1, 1.1, 1.1, 0.9]
    assert [threads.verdicts([{**row, "two": two}])[0].met for two in (by_chance, truly)] == [True, False]


def test_the_check_fails_for_a_miss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")
    for theirs, status, word in ((0.03, 0, "met"), (0.02, 1, "MISSED")):
        results = results_of(edge=[compared(theirs=[theirs] * 3)])
        report.RESULTS.write_text(json.dumps(results), encoding="utf-8")
        assert command.main(["--recorded", "--check"]) == status
        assert capsys.readouterr().out.startswith(word)


def test_a_section_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--only", "edge,speed"])
    assert "there is no section speed; there are edge, centerline," in capsys.readouterr().err
