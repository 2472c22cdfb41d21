// Menus of the bar: one at a time; Escape, a choice or a click elsewhere closes it.
{
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const menus = document.querySelectorAll("details.bar-menu");
  /** @param {Node | null} [kept] */
  const close = (kept = null) => {
    for (const menu of menus) if (!kept || !menu.contains(kept)) menu.open = false;
  };
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    close(target.closest(".bar-sheet a") ? null : target);
  });
  document.addEventListener("keydown", (event) => {
    const open = [...menus].find((menu) => menu.open);
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
}
