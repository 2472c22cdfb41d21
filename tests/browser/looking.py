"""What several tests of widgets read from a page, or do to it."""

CONTRAST = """(element) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const layers = [];
  for (let e = element; e; e = e.parentElement) layers.unshift(getComputedStyle(e).backgroundColor);
  for (const layer of ["#fff", ...layers]) {
    context.fillStyle = layer;
    context.fillRect(0, 0, 1, 1);
  }
  const light = () => {
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const back = light();
  context.fillStyle = getComputedStyle(element).color;
  context.fillRect(0, 0, 1, 1);
  const [low, high] = [back, light()].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


def shares(page, selector):
    """The part of attention's colour in each element, in percent."""
    return page.eval_on_selector_all(
        selector, "es => es.map(e => parseInt(e.style.getPropertyValue('--share') || '0'))"
    )


def type_word(page, word):
    page.get_by_label("Type an English word").fill(word)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
