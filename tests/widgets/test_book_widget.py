"""Mirrors encdec_lib/widgets/host/book_widget.py."""

import json
import re

import pytest
import traitlets

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


def test_its_display_carries_a_page_and_the_live_view():
    data, _ = Label(label="hello")._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]  # JupyterLab, VS Code and Colab
    assert view["version_major"] == 2 and view["model_id"]
    assert data["text/html"].startswith('<div class="bw-root" data-widget="Label">')
    assert Label._ipython_display_ is None  # ipywidgets 7 would go round the bundle


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
