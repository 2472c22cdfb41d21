// Following a pointer that is held down: mouse, finger or stylus.

/**
 * Calls `onMove` from the moment a pointer goes down on the node until it is let go, wherever it
 * moves meanwhile.
 * @param {Element} node
 * @param {(event: PointerEvent, first: boolean) => void} onMove `first` when it has just gone down
 */
export function whileHeld(node, onMove) {
  let held = false;
  const listen = (/** @type {string} */ name, /** @type {(event: any) => void} */ listener) =>
    node.addEventListener(name, listener);
  listen("pointerdown", (event) => {
    node.setPointerCapture(event.pointerId);
    held = true;
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
