"""axe-core of package-lock.json, run on a page: what a reader with other senses stumbles on."""

import functools
from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
#: Rules that axe itself takes for less than serious, or for an experiment, and we do not.
ALSO = ("empty-table-header", "label-content-name-mismatch", "region")

RUN = """async ([within, also, only]) => {
  const rules = Object.fromEntries(also.map((rule) => [rule, { enabled: true }]));
  const which = only.length ? { runOnly: { type: "rule", values: only } } : { rules };
  const { violations } = await axe.run(within, { ...which, resultTypes: ["violations"] });
  return violations
    .filter(({ id, impact }) => ["serious", "critical"].includes(impact) || also.includes(id))
    .flatMap(({ id, nodes }) => nodes.map(({ target, html, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
      return `${id}: ${target.join(" ")}: ${why}: ${html.slice(0, 160)}`;
    }));
}"""


@functools.cache
def _source() -> str:
    if not AXE.exists():
        raise FileNotFoundError(f"{AXE} is missing: `make setup` installs it.")
    return AXE.read_text("utf-8")


def serious(page, within="html", also: tuple[str, ...] = ALSO, only: tuple[str, ...] = ()) -> list:
    """What axe calls serious or critical, and what breaks the rules of `also`, a line each.

    With `only` these rules alone are looked at.
    """
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_source())
    return page.evaluate(RUN, [within, list(also), list(only)])
