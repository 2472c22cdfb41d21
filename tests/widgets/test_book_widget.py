"""Mirrors encdec_lib/widgets/host/book_widget.py."""

import json
import re
import sys
import types

import pytest
import traitlets

from encdec_lib.widgets import HeadsDial
from encdec_lib.widgets.host.book_widget import BookWidget, script_json


class Label(BookWidget):
    _esm = "export default {\n  render({ model, el }) { el.textContent = model.get('label'); },\n};"
    label = traitlets.Unicode().tag(sync=True)
    weights = traitlets.Bytes().tag(sync=True)
    nested = traitlets.Dict().tag(sync=True)
    private = traitlets.Unicode("only in Python")


def payload(html):
    """What the page's script will read."""
    text = re.search(r'<script type="application/json">(.*?)</script>', html, re.S)[1]
    return json.loads(text)


VIEW = "application/vnd.jupyter.widget-view+json"


def test_its_display_is_a_page_that_knows_its_model():
    """And no view, which JupyterLab would prefer and show dead once the kernel is gone."""
    label = Label(label="hello")
    data, _ = label._repr_mimebundle_()
    assert VIEW not in data and "text/plain" in data
    start = f'<div class="bw-root" data-widget="Label" data-figure="{label._figure}">'
    assert data["text/html"].startswith(start) and len(label._figure) == 32
    assert Label()._figure != label._figure
    assert Label._ipython_display_ is None  # ipywidgets 7 would go round the bundle


def test_colab_is_given_the_view_that_it_saves(monkeypatch):
    colab = types.ModuleType("google.colab.output")
    colab.enable_custom_widget_manager = lambda: None
    colab._widgets = types.SimpleNamespace(_installed_url="https://colab/manager")
    monkeypatch.setitem(sys.modules, "google.colab.output", colab)
    data, metadata = Label(label="hello")._repr_mimebundle_()
    assert VIEW in data and "text/html" in data
    assert "custom_widget_manager" in str(metadata)


def test_a_page_without_a_kernel_knows_no_model():
    assert "data-figure" not in Label(label="hello").static_html()


def test_every_widgets_module_tells_of_its_model():
    assert str(HeadsDial._esm).rstrip().endswith("{ initialize: offer, ...__figure };")


def test_a_module_without_a_default_is_named(tmp_path):
    (tmp_path / "x.js").write_text("const render = 1;\n")
    with pytest.raises(ValueError, match="x.js needs one `export default"):
        type("X", (BookWidget,), {"_esm": tmp_path / "x.js"})


def test_the_page_holds_the_public_state_alone():
    state = payload(Label(label="hello").static_html())["state"]
    assert state == {"label": "hello", "weights": {"$b64": ""}, "nested": {}}


def test_bytes_travel_as_base64_at_any_depth():
    widget = Label(weights=b"\x00\xff", nested={"model": {"data": b"abc"}})
    state = payload(widget.static_html())["state"]
    assert state["weights"] == {"$b64": "AP8="}
    assert state["nested"] == {"model": {"data": {"$b64": "YWJj"}}}


@pytest.mark.parametrize("label", ["</script><b>x</b>", "<!-- <script>", "a & b", "\u2028", "é"])
def test_no_label_can_leave_its_script(label):
    html = Label(label=label).static_html()
    assert payload(html)["state"]["label"] == label
    assert html.count("</script>") == 2 and "<b>x" not in html and "<!--" not in html


def test_a_page_of_two_copies_has_no_ids_and_one_hash():
    one, two = Label(label="a").static_html(), Label(label="b").static_html()
    assert payload(one)["hash"] == payload(two)["hash"]
    assert " id=" not in one


def test_a_reader_without_javascript_sees_a_sentence():
    assert '<p class="bw-fallback">An interactive figure belongs here' in Label().static_html()


def test_what_a_page_cannot_hold_is_refused():
    with pytest.raises(TypeError, match="cannot hold object in a page"):
        script_json({"x": object()})
