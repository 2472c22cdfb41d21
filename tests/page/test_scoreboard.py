"""Mirrors encdec_lib/page/scoreboard.py."""

import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from encdec_lib.page import published, scoreboard
from encdec_lib.page import result_files as stored
from encdec_lib.page.chapters import CHAPTERS, chapter_of, main_runs
from results.experiments import EXPERIMENTS

BIBLIOGRAPHY = Path(__file__).resolve().parents[2] / "book" / "references.bib"


def runs_of(name):
    try:
        return stored.results(name)["runs"]
    except FileNotFoundError:  # its runs come later
        return []


def run(label, quality, seconds, devices, seed):
    return {
        "label": label, "seed": seed, "parameters": 1234, "seconds": seconds, "devices": devices,
        "tests": [{"mean IoU": 1.0}, {"mean IoU": quality}],
    }  # fmt: skip


@pytest.fixture
def two_models(tmp_path, monkeypatch):
    """One results file: two models, one of them with two seeds."""
    runs = [
        run("with skips", 80.0, 30.0, 2, 0),
        run("plain", 60.0, 10.0, 1, 0),
        run("with skips", 90.0, 20.0, 1, 1),
    ]
    (tmp_path / "results").mkdir()
    file = tmp_path / "results" / "segmentation.json"
    file.write_text(json.dumps({"data": {"runs": runs}}))
    monkeypatch.setattr(stored.resources, "files", lambda _: tmp_path)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_has_a_row_for_every_stored_model(name):
    """An experiment that the scoreboard does not know would be left out without a word."""
    assert name in scoreboard.TASKS
    task, runs = scoreboard.TASKS[name], runs_of(name)
    rows = {row.model: row for row in scoreboard.scores() if row.task == task.title}
    for label in {run["label"] for run in runs}:
        row = rows[task.name(label)]
        assert row.chapter == chapter_of(name, label).number
        assert row.seeds == sum(run["label"] == label for run in runs)
        assert row.low <= row.mean <= row.high and row.core_seconds > 0


def test_the_names_of_a_task_are_distinct():
    named = [(row.task, row.model) for row in scoreboard.scores()]
    assert len(set(named)) == len(named)


def test_a_row_is_the_mean_and_the_range_of_the_last_tests(two_models):
    skips, plain = scoreboard.scores()
    assert (skips.model, skips.seeds, skips.parameters) == ("U-Net with skips", 2, 1234)
    assert (skips.low, skips.mean, skips.high) == (80.0, 85.0, 90.0)
    assert skips.core_seconds == 20  # of the fastest seed
    assert skips.published.key == "ronneberger2015" and plain.published is None


def test_the_table_names_the_metric_the_spread_and_the_published_figure(two_models):
    shown = scoreboard.table(scoreboard.scores())
    assert shown.caption == "scenes → labels of pixels; mean (lowest–highest), 1 to 2 seeds"
    assert shown.rows[0]["mean IoU % ↑"].replace("\u2060", "") == "85.0 (80.0–90.0)"
    assert shown.rows[0]["published"] == "IoU 92.03 (PhC-U373), 77.56 (DIC-HeLa)"
    assert shown.rows[1] | {"published": "—", "weights": "1.23 k", "core-s": "10"} == shown.rows[1]
    (line,) = scoreboard.sources(scoreboard.scores()).rows
    assert line["source"] == "Ronneberger et al. 2015" and "microscope" in line["what differs"]


def test_a_task_without_published_figures_has_no_column_for_them(two_models):
    (plain,) = [row for row in scoreboard.scores() if row.published is None]
    assert "published" not in scoreboard.table([plain]).names


def test_the_captioner_that_was_told_more_says_so():
    names = {row.model for row in scoreboard.scores() if row.task == "scenes → captions"}
    assert "ViT, Transformer; patches named first" in names
    assert "CNN grid, attention" in names


def test_a_table_of_two_tasks_or_of_none_is_an_error():
    with pytest.raises(ValueError, match="rows must be those of one task; got none"):
        scoreboard.table([])
    with pytest.raises(ValueError, match="one task; got .*English → Korean.*spelling → sounds"):
        scoreboard.table(scoreboard.scores())


def test_the_short_board_is_a_part_of_the_long_one(two_models):
    (only,) = scoreboard.scores(main=True)
    assert only == scoreboard.scores()[0]


def test_every_part_of_the_book_has_a_mark_in_charts():
    assert list(scoreboard.MARKS) == list(dict.fromkeys(chapter.part for chapter in CHAPTERS))


def test_of_two_chapters_the_one_that_says_more_of_a_label_has_the_run():
    assert chapter_of("captions", "CNN, one vector").slug == "captioning"
    assert chapter_of("captions", "CNN grid, attention").slug == "vit_to_transformer"
    with pytest.raises(ValueError, match="claims; got 'translation' and 'nothing'. Add it"):
        chapter_of("translation", "nothing")


@pytest.mark.parametrize(
    "claim",
    [(c, runs) for c in CHAPTERS for runs in c.runs],
    ids=lambda c: f"{c[0].slug} {c[1].results}",
)
def test_a_chapter_claims_runs_that_are_there_and_are_not_anothers(claim):
    chapter, runs = claim
    labels = {run["label"] for run in runs_of(runs.results)}
    own = {label for label in labels if chapter_of(runs.results, label) is chapter}
    assert set(runs.main) <= own
    assert own and all(label.startswith(runs.labels) for label in own)


@pytest.mark.parametrize("key", main_runs(), ids=" / ".join)
def test_the_short_board_names_runs_of_ours(key):
    name, label = key
    runs = EXPERIMENTS[name].runs if name in EXPERIMENTS else []
    assert not runs or label in {run.label for run in runs}
    assert name in scoreboard.TASKS


def test_rows_come_task_by_task_and_by_chapter():
    places = [(row.task, row.chapter) for row in scoreboard.scores()]
    tasks = list(dict.fromkeys(task for task, _ in places))
    assert places == sorted(places, key=lambda place: (tasks.index(place[0]), place[1]))


@pytest.mark.parametrize("key", published.PUBLISHED, ids=" / ".join)
def test_a_published_figure_has_a_source_and_stands_beside_a_run_of_ours(key):
    name, label = key
    known = {run.label for run in EXPERIMENTS[name].runs} if name in EXPERIMENTS else set()
    assert label in known | {run["label"] for run in runs_of(name)}
    figure = published.PUBLISHED[key]
    assert f"{{{figure.key}," in BIBLIOGRAPHY.read_text(encoding="utf-8")
    assert re.search(r"\d", figure.figure) and figure.differs and figure.source


def test_translations_are_judged_on_the_trained_lengths():
    test = {"bleu": {"4–10": 90.0, "46–50": 70.0, "51–55": 1.0, "56–60": 1.0}}
    assert scoreboard.TASKS["translation"].quality(test) == 80.0


def test_the_chart_draws_a_mark_a_model_and_names_those_asked_for(two_models):
    rows = scoreboard.scores()
    ax = scoreboard.chart(rows, {"U-Net with skips": ("skips", -6, 6)}, "parameters")
    assert [text.get_text() for text in ax.texts] == ["skips"]
    assert ax.get_legend_handles_labels()[1] == ["one vector"]
    assert ax.get_xscale() == "log" and ax.get_ylabel() == "mean IoU % ↑"
    with pytest.raises(ValueError, match="against must be one of core_seconds, parameters; got 's"):
        scoreboard.chart(rows, {}, "size")
    plt.close("all")


@pytest.mark.parametrize(
    ("count", "text"), [(7, "7"), (1234, "1.23 k"), (98_765, "98.8 k"), (1_500_000, "1.5 M")]
)
def test_counts_are_short(count, text):
    assert scoreboard._short(count) == text
