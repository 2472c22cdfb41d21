"""A figure in a notebook and its model in the kernel, which a script plays here."""

import pytest
import traitlets

from encdec_lib.widgets.host.book_widget import BookWidget

pytestmark = pytest.mark.browser


class Counter(BookWidget):
    """A button that counts."""

    _esm = """export default {
      render({ model, el }) {
        const button = document.createElement("button");
        const draw = () => { button.textContent = model.get("count"); };
        button.onclick = () => {
          model.set("count", model.get("count") + 1);
          model.save_changes();
        };
        model.on("change:count", draw);
        draw();
        el.append(button);
      },
    };"""
    count = traitlets.Int().tag(sync=True)


KERNEL = """([id, count]) => {
  const state = { count, _figure: id }, heard = {};
  window.told = [];
  window.kernel = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => told.push(state.count),
    on: (event, listener) => { (heard[event] ??= []).push(listener); },
    fromPython: (count) => { state.count = count; heard["change:count"].forEach((f) => f()); },
  };
  const models = (window.bookWidgetModels ??= new Map());
  models.set(id, kernel);
  window.dispatchEvent(new CustomEvent("book-widget-model", { detail: id }));
}"""


@pytest.fixture
def opened(page, tmp_path):
    """A saved notebook's cell in a page: the figure, and its widget."""
    widget = Counter(count=3)
    data, _ = widget._repr_mimebundle_()
    file = tmp_path / "page.html"
    file.write_text(f"<!doctype html><meta charset=utf-8><body>{data['text/html']}", "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("[data-mounted=done] button")
    return page, widget


def test_without_a_kernel_it_lives_alone(opened):
    page, _ = opened
    page.click("button")
    assert page.inner_text("button") == "4"


def test_it_joins_its_model_and_they_follow_each_other(opened):
    page, widget = opened
    page.evaluate(KERNEL, [widget._figure, 7])  # Python has gone on to 7 meanwhile
    assert page.inner_text("button") == "7"
    page.click("button")
    assert page.evaluate("[kernel.get('count'), told]") == [8, [8]]
    page.evaluate("kernel.fromPython(20)")
    assert page.inner_text("button") == "20"


def test_it_leaves_the_models_of_other_figures_alone(opened):
    page, _ = opened
    page.evaluate(KERNEL, ["another figure", 7])
    page.click("button")
    assert page.inner_text("button") == "4"
    assert page.evaluate("told") == []
