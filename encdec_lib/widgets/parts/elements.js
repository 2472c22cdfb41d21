// What every widget of the book is made of: elements, text for screen readers, work once a frame.

/**
 * The elements that `element` makes, by tag. "title" and "text" are those of a drawing.
 * @typedef {Omit<HTMLElementTagNameMap, "title"> & Pick<SVGElementTagNameMap,
 *   "svg" | "g" | "path" | "line" | "text" | "circle" | "rect" | "image" | "title">} Tags
 */

/**
 * `on` holds listeners, `text` is never parsed, everything else is set as an attribute; false,
 * null and undefined leave an attribute out.
 * @typedef {{on?: Record<string, (event: any) => void>, text?: unknown, [attribute: string]: any}}
 *   Attributes
 */

const DRAWN = new Set(["svg", "g", "path", "line", "text", "circle", "rect", "image", "title"]);

/**
 * An element with its attributes and children; children that are null are left out.
 * @template {keyof Tags} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string | null)} children
 * @returns {Tags[Tag]}
 */
export function element(tag, { on = {}, text, ...attributes } = {}, ...children) {
  const made = DRAWN.has(tag)
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
  if (text !== undefined) made.textContent = String(text);
  made.append(...children.filter((child) => child !== null));
  return /** @type {Tags[Tag]} */ (/** @type {unknown} */ (made));
}

/**
 * A button; `attributes` may name its class or label.
 * @param {unknown} text
 * @param {() => void} onClick
 * @param {Attributes} [attributes]
 */
export function button(text, onClick, attributes = {}) {
  return element("button", { type: "button", text, on: { click: onClick }, ...attributes });
}

/**
 * Text for screen readers alone.
 * @param {string} text
 */
export const spoken = (text) => element("span", { class: "bw-spoken", text });

let widgets = 0;
/** @type {WeakSet<HTMLElement>} those that are prepared: a figure may be mounted again */
const prepared = new WeakSet();

/**
 * Keeps keys from the notebook: JupyterLab takes arrow keys and letters for itself unless they stop
 * here. Notebook 7 takes them on their way down, and leaves them only if the element that has the
 * focus says so itself.
 * @param {HTMLElement} el
 */
function keepKeys(el) {
  el.addEventListener("keydown", (event) => event.stopPropagation());
  el.addEventListener("focusin", ({ target }) => {
    if (target instanceof Element) target.setAttribute("data-lm-suppress-shortcuts", "true");
  });
}

/**
 * Prepares the element that a host gives: a class, and keys kept from the notebook.
 * @param {HTMLElement} el
 * @param {string} name of the widget
 * @returns {string} a prefix for the ids of the widget's own elements
 */
export function prepare(el, name) {
  el.classList.add("bw", `bw-${name}`);
  if (!prepared.has(el)) keepKeys(el);
  prepared.add(el);
  widgets += 1;
  return `bw-${name}-${widgets}`;
}

/**
 * A function that runs `work` once before the next frame, however often it is called.
 * @param {() => void} work
 * @returns {(() => void) & {cancel: () => void}}
 */
export function eachFrame(work) {
  let waiting = 0;
  const call = () => {
    waiting ||= requestAnimationFrame(() => {
      waiting = 0;
      work();
    });
  };
  return Object.assign(call, { cancel: () => cancelAnimationFrame(waiting) });
}

/**
 * Calls `listener` when one of the elements changes its size, and once at the beginning.
 * @param {Element[]} nodes
 * @param {() => void} listener
 * @returns {() => void} ends it
 */
export function whenResized(nodes, listener) {
  const observer = new ResizeObserver(listener);
  for (const node of nodes) observer.observe(node);
  return () => observer.disconnect();
}
