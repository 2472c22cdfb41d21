"""Tables of stored runs: numbers by a second way, and words for those who do not see them."""

import json
import re
import statistics
from pathlib import Path

import pytest

import encdec_lib
from encdec_lib import page
from encdec_lib.page import tables
from encdec_lib.page.table_registry import TABLES

FILES = Path(encdec_lib.__file__).parent / "results"


def runs(name: str) -> list[dict]:
    return json.loads((FILES / f"{name}.json").read_text("utf-8"))["data"]["runs"]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_reads_every_run_of_its_file(name):
    for column in TABLES[name].columns:
        for run in runs(name):
            assert isinstance(column.read(run["tests"][-1]), float), (column.heading, run["label"])
    headings = [column.heading for column in TABLES[name].columns]
    assert len(set(headings)) == len(headings) and set(TABLES[name].shown) <= set(headings)


def test_a_column_says_what_it_reads():
    """By hand for one number of each kind; a lambda in a loop would read the last of them."""
    test = {"greedy": {"PER": 2.0, "WER": 3.0}, "beam 5": {"PER": 5.0, "WER": 7.0}}
    read = {column.heading: column.read(test) for column in TABLES["pronunciation"].columns}
    assert read == {"PER %": 2, "WER %": 3, "PER %, beam 5": 5, "WER %, beam 5": 7}
    bleu = {"4–10": 2.0, "46–50": 4.0, "51–55": 50.0}
    assert TABLES["translation"].columns[0].read({"bleu": bleu}) == 3  # 51 to 55 is not trained


def test_mean_range_and_seeds():
    found = page.over_seeds("pronunciation", "fixed vector", "WER %, beam 5")
    values = [
        run["tests"][-1]["beam 5"]["WER"]
        for run in runs("pronunciation")
        if run["label"] == "fixed vector"
    ]
    assert found.mean == pytest.approx(statistics.fmean(values))
    assert (found.low, found.high, found.seeds) == (min(values), max(values), len(values))
    by_function = page.over_seeds(
        "pronunciation", "fixed vector", lambda test: test["beam 5"]["WER"]
    )
    assert by_function == found


def test_quality_by_length_is_of_one_label():
    middle, mean, (low, high) = page.by_length("translation", "attention", "exact")
    values = [
        list(run["tests"][-1]["exact"].values())
        for run in runs("translation")
        if run["label"] == "attention"
    ]
    assert middle[:2] == [7.0, 13.0]
    groups = list(zip(*values, strict=True))
    assert list(mean) == pytest.approx([statistics.fmean(group) for group in groups])
    assert (list(low), list(high)) == ([*map(min, groups)], [*map(max, groups)])


def test_a_table_has_caption_heads_ranges_and_its_origin():
    made = page.stored(
        "pronunciation",
        labels={"fixed vector": "one <vector>", "attention": "attention"},
        above=[{"model": "this page", "PER %": 12.345}],
        below=[{"model": "Yao & Zweig", "PER %": "about 7.6"}],
    )
    text = made._repr_html_()
    assert re.search(r"<caption>Held-out words of CMUdict.*of 3 seeds</caption>", text)
    assert not re.search(r"<th[^>]*></th>", text), "no empty head"
    assert text.count('scope="row"') == 4 and text.count('scope="col"') == 4
    assert "one &lt;vector&gt;" in text and "Yao &amp; Zweig" in text
    assert re.search(r"10\.6 <small>10\.5\u2060–\u206010\.7</small>", text)
    assert '<td class="num">12.3</td>' in text and "about 7.6" in text
    assert page.results("pronunciation").provenance in text
    assert re.findall(r'<tr class="best"><th scope="row">([^<]*)', text) == ["attention"]
    plain = repr(made)
    assert "10.6 (10.5" in plain and page.results("pronunciation").provenance in plain


def test_columns_of_two_files_stand_side_by_side():
    made = page.stored(
        "reading_translation", "reading_pronunciation", columns=["BLEU", "PER %"], first="reader"
    )
    assert made.heads == ["reader", "BLEU", "PER %", "parameters"]
    assert len(made.provenance) == 2
    (weighted,) = [row for row in made.rows if row.name == "weighted"]
    assert weighted.best and len(weighted.cells) == 3


def test_the_best_row_is_marked_only_where_ranges_lie_apart_and_seeds_suffice():
    column = TABLES["pronunciation"].columns[0]

    def of(*errors):
        return {"pronunciation": [{"tests": [{"greedy": {"PER": e}}]} for e in errors]}

    best = tables._best
    assert best({"a": of(1, 2, 3), "b": of(4, 5, 6)}, ("pronunciation", column)) == "a"
    assert best({"a": of(1, 2, 4), "b": of(3, 5, 6)}, ("pronunciation", column)) is None
    assert best({"a": of(1, 2), "b": of(4, 5)}, ("pronunciation", column)) is None


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: page.stored(), "needs the name of a table"),
        (lambda: page.stored("curves"), "there is no table of 'curves'; there are: translation"),
        (lambda: page.stored("pronunciation", labels=["no"]), "has no runs 'no'; it has: attent"),
        (lambda: page.stored("pronunciation", columns=["BLEU"]), "no column 'BLEU'; it has: PER"),
        (lambda: page.stored("pronunciation", above=[{"name": "a"}]), r"a row has \['name'\]"),
        (lambda: page.over_seeds("pronunciation", "attention", "x"), "no column 'x'"),
    ],
)
def test_what_is_not_there_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_file_that_is_added_to_elsewhere_names_both_machines(tmp_path):
    given = {"command": "by hand", "seeds": [0], "folder": tmp_path}
    own = json.loads(page.save_results("a", {"runs": []}, **given).read_text())
    before = own | {"machine": "1 GPU", "versions": own["versions"] | {"jax": "0.7"}}
    file = page.save_results("a", {"runs": []}, **given, before=before)
    both = json.loads(file.read_text())
    assert both["machine"] == f"1 GPU and {own['machine']}"
    assert both["versions"] == own["versions"] | {"jax": f"0.7 and {own['versions']['jax']}"}
    again = json.loads(page.save_results("a", {"runs": []}, **given, before=both).read_text())
    assert again["machine"] == both["machine"] and again["versions"] == both["versions"]
