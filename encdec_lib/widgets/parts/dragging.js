// Following a pointer that is held down: mouse, finger or stylus.

/**
 * Makes a node one to draw on or to drag: under a finger the page does not scroll, and a long press
 * selects nothing and opens neither the magnifier nor a menu.
 * @param {Element} node
 */
export function holdable(node) {
  node.classList.add("bw-held");
  const listen = (/** @type {string} */ name, /** @type {(event: any) => void} */ listener) =>
    node.addEventListener(name, listener, { passive: false });
  // Styles do not stop the magnifier of iOS; without this default there is no long press at all.
  listen("touchstart", (event) => event.preventDefault());
  listen("contextmenu", (event) => {
    if (event.pointerType === "touch" || event.pointerType === "pen") event.preventDefault();
  });
}

/**
 * Calls `onMove` from the moment a pointer goes down on the node until it is let go, wherever it
 * moves meanwhile.
 * @param {HTMLElement | SVGElement} node
 * @param {(event: PointerEvent, first: boolean) => void} onMove `first` when it has just gone down
 */
export function whileHeld(node, onMove) {
  let held = false;
  holdable(node);
  const listen = (/** @type {string} */ name, /** @type {(event: any) => void} */ listener) =>
    node.addEventListener(name, listener);
  listen("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    held = true;
    if (event.pointerType !== "mouse") node.focus({ preventScroll: true }); // a mouse does it itself
    onMove(event, true);
  });
  listen("pointermove", (event) => {
    if (held) onMove(event, false);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    listen(end, () => {
      held = false;
    });
  }
}

/**
 * Where an event is on a node, as shares of its width and height: [0, 0] is the top left corner.
 * @param {Element} node
 * @param {{clientX: number, clientY: number}} event
 */
export function shareOf(node, { clientX, clientY }) {
  const { left, top, width, height } = node.getBoundingClientRect();
  return [(clientX - left) / width, (clientY - top) / height];
}
