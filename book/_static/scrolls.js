// What is wider than the page scrolls in itself; the keyboard reaches it while it does.
{
  const wide =
    "mjx-container[display='true'], .pst-scrollable-table-container, .cell_output .text_html";
  /** @param {Element} element */
  const mark = (element) => {
    const scrolls = element.scrollWidth > element.clientWidth + 1;
    if (scrolls && !element.querySelector("a, button, input, [tabindex]"))
      element.setAttribute("tabindex", "0");
    else if (!scrolls) element.removeAttribute("tabindex");
  };
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) mark(target);
  });
  const all = [...document.querySelectorAll(wide)];
  for (const element of all) resized.observe(element);
  document.fonts.ready.then(() => all.forEach(mark));
}
