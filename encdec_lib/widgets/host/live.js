// How a figure in a notebook finds its model in the kernel. book_widget.py appends this to every
// widget's module, and anywidget calls it when the model is there, which needs no view of it.

/** @typedef {import("../parts/state.js").Model} Model */

/**
 * Tells the figures of the page that a model lives; static.js joins the one that shows it.
 * @param {{model: Model}} host
 */
export function offer({ model }) {
  const id = model.get("_figure");
  if (!id) return; // no kernel
  const page = /** @type {{bookWidgetModels?: Map<string, Model>}} */ (window);
  page.bookWidgetModels ??= new Map();
  page.bookWidgetModels.set(id, model);
  window.dispatchEvent(new CustomEvent("book-widget-model", { detail: id }));
}
