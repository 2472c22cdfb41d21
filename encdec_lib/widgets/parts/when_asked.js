// A part of a figure that stands only when its reader asks for it, as it has much to load.

import { button, element } from "./elements.js";
import { lazily } from "./lazily.js";

/**
 * Calls `show` with the bytes: at once where they are here, and otherwise after a press of a button.
 * What goes wrong is said, and the button stays.
 * @param {HTMLElement} el
 * @param {import("./state.js").State} state
 * @param {object} options
 * @param {import("./lazily.js").Lazy | DataView} options.bytes
 * @param {string} options.label of the button
 * @param {(bytes: DataView) => void} options.show
 */
export function whenAsked(el, state, { bytes, label, show }) {
  if (bytes instanceof DataView) {
    show(bytes);
    return;
  }
  let gone = false;
  state.atEnd(() => {
    gone = true;
  });
  const message = element("p", { class: "bw-message", role: "status" });
  const ask = button(label, load, { class: "bw-ask" });
  const place = element("div", { class: "bw-asking" }, ask, message);
  el.append(place);

  async function load() {
    ask.disabled = true;
    message.textContent = "It is loading.";
    try {
      const data = await lazily(bytes).load();
      if (gone) return;
      place.remove();
      show(data);
      el.querySelector("input")?.focus();
    } catch {
      ask.disabled = false;
      message.textContent =
        "It could not be loaded. The file lies beside this page: see that the page is whole, or " +
        "that you are online, and press again.";
    }
  }
}
