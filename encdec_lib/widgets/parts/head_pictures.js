// The maps of all heads of a layer as small pictures side by side; one of them is chosen.

import { meanHead } from "../../web/engine/transformer.js";
import { element } from "./page.js";

/** A colour of the style sheet as four numbers. */
function colour(el, variable) {
  const canvas = element("canvas", { width: 1, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = getComputedStyle(el).getPropertyValue(variable).trim() || "#009e73";
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

/** One dot a weight: the colour, as dense as the weight; what is hidden stays clear. */
function paint(canvas, { rows, columns }, weights, [red, green, blue], hidden) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d"),
    dots = context.createImageData(columns, rows);
  for (let k = 0; k < rows * columns; k++) {
    dots.data.set([red, green, blue, Math.round(255 * weights[k])], 4 * k);
  }
  context.putImageData(dots, 0, 0);
  canvas.parentElement.classList.toggle("is-masked", hidden);
}

export const weightsOf = (map, head) =>
  head
    ? map.weights.subarray((head - 1) * map.rows * map.columns, head * map.rows * map.columns)
    : meanHead(map);

/** {node, draw(map, head, masked, what), mark(row)}. Head 0 is the mean; `onChoose(head)` hears of
 *  a choice, `onRow(head, row)` of the row under the pointer, onRow(null) that there is none. */
export function headPictures(id, el, { onChoose, onRow }) {
  const made = [];
  const node = element("div", { class: "bw-pictures", role: "radiogroup" });
  let now = null;

  function make(head) {
    const input = element("input", {
      type: "radio",
      name: `${id}-head`,
      value: head,
      on: { change: () => onChoose(head) },
    });
    const canvas = element("canvas", { "aria-hidden": "true" });
    const marker = element("i", { class: "bw-marker" });
    const frame = element("span", { class: "bw-frame" }, canvas, marker);
    frame.addEventListener("pointermove", (event) => {
      const { top, height } = frame.getBoundingClientRect();
      const row = Math.floor(((event.clientY - top) / height) * now.map.rows);
      onRow(head, Math.min(Math.max(row, 0), now.map.rows - 1));
    });
    frame.addEventListener("pointerleave", () => onRow(null));
    const label = element(
      "label",
      { class: "bw-head" },
      frame,
      element(
        "span",
        { class: "bw-caption" },
        input,
        element("span", { text: head ? `head ${head}` : "mean" }),
      ),
    );
    return { head, input, canvas, marker, label };
  }

  function draw(map, chosen, masked, what) {
    now = { map, chosen, masked, what };
    const wanted = map.heads > 1 ? [...Array(map.heads).keys()].map((n) => n + 1).concat(0) : [1];
    if (wanted.join() !== made.map(({ head }) => head).join()) {
      made.splice(0, made.length, ...wanted.map(make));
      node.replaceChildren(...made.map(({ label }) => label));
    }
    node.setAttribute("aria-label", `Heads of ${what}`);
    node.style.setProperty("--shape", `${map.columns} / ${map.rows}`);
    const green = colour(el, "--bw-attention");
    for (const { head, input, canvas, marker } of made) {
      paint(canvas, map, weightsOf(map, head), green, masked);
      input.checked = head === chosen;
      marker.hidden = true;
    }
  }

  // The page's light may be switched while the widget stands.
  const watch = new MutationObserver(() => now && draw(now.map, now.chosen, now.masked, now.what));
  for (const owner of [document.documentElement, document.body]) {
    watch.observe(owner, {
      attributes: true,
      attributeFilter: ["data-theme", "data-jp-theme-light"],
    });
  }
  return {
    node,
    draw,
    mark(row) {
      for (const { marker } of made) {
        marker.hidden = row === null;
        if (row === null) continue;
        marker.style.top = `${(100 * row) / now.map.rows}%`;
        marker.style.height = `${100 / now.map.rows}%`;
      }
    },
    stop: () => watch.disconnect(),
  };
}
