"""Drives any figure that trains, by keyboard alone; and an engine of the tests."""

from encdec_lib.widgets.host.lazy import Lazy

STATE = "document.querySelector('[data-trains]').dataset"


def told(page) -> dict:
    """The figure's data: state, steps, loss and score."""
    return page.evaluate(f"() => ({{...{STATE}}})")


def press(page, action: str):
    """Presses a button of the figure as a keyboard does."""
    page.locator(f"[data-trains] [data-action={action}]").focus()
    page.keyboard.press("Enter")


def wait_for(page, condition: str, seconds: float = 12):
    """Waits until a condition on ``data`` holds, such as ``"data.state === 'solved'"``."""
    page.wait_for_function(
        f"() => {{ const data = {STATE}; return {condition}; }}", timeout=1000 * seconds
    )


def train(page, score: float, steps: int) -> dict:
    """Trains by keyboard until it has this score, or has had these steps, and pauses it."""
    press(page, "train")
    reached = f"Number(data.score) >= {score} || Number(data.steps) >= {steps}"
    while True:
        wait_for(page, f"data.state !== 'running' || {reached}", 90)
        data = told(page)
        if data["state"] == "running":
            pause(page)
        if data["state"] != "stopped" or int(data["steps"]) >= steps:
            return data
        press(page, "more")


def pause(page):
    """Pauses it by keyboard, and waits until it rests; one that has just ended by itself does."""
    button = "document.querySelector('[data-trains] [data-action=pause]')"
    if page.evaluate(f"() => {{ const button = {button}; button?.focus(); return !!button; }}"):
        page.keyboard.press("Enter")
    wait_for(page, "data.state !== 'running'", 90)


def status(page) -> str:
    """The one sentence of the figure."""
    return page.locator("[data-trains] .bw-status").inner_text()


def frames(page):
    """Until what was asked of the next frame is drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


#: Keeps what a page orders of its worker in ``window.orders``.
KEEP_ORDERS = """
window.orders = [];
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (order, ...more) {
  window.orders.push(order);
  return post.call(this, order, ...more);
};
"""

#: An engine that learns nothing and says what the frame should hear: 10 steps and half a second a
#: tick, a score of steps / 200. Seed 7 fails, and seed 8 never gets better than 0.1. With APART,
#: each run is so much worse than the one before, and longer strings are harder.
FAKE = """
const [APART, TICK] = [0, 0.5];
function engineHere(post) {
  const runs = new Map();
  let timer = 0;
  const score = (r) => {
    const place = [...runs.keys()].indexOf(r.name);
    const value = (r.seed === 8 ? 0.1 : Math.min(1, r.steps / 200)) * (1 - APART * place);
    r.solved = value >= (r.config.scoring.solved ?? 2);
    const by_length = [2, 3, 4].map((length) =>
      ({ length, error_rate: (1 - value) * (APART ? length / 4 : 1) }));
    post({ type: "scored", run: r.name, steps: r.steps, seconds: r.seconds, score: value,
           solved: r.solved, by_length, error_rate: 1 - value, difference: (1 - value) / 4,
           reach: [1, 0.5, value / 4] });
  };
  const steps = (r, count, seconds) => {
    r.steps += count;
    r.seconds += seconds;
    const loss = 3 * Math.exp(-r.steps / 100);
    post({ type: "progress", run: r.name, steps: r.steps, loss, seconds: r.seconds });
  };
  const end = (rs, why) => {
    clearInterval(timer);
    for (const r of rs) score(r);
    post({ type: "paused", why });
  };
  const obey = {
    build: ({ run, config }) => {
      clearInterval(timer);
      const seed = config.training.seed;
      runs.set(run, { name: run, config, seed, steps: 0, seconds: 0 });
      post({ type: "ready", run, parameters: 1234, product: seed === 9 ? "js" : "simd", ms: 1 });
    },
    go: ({ runs: names, at_most_seconds: most }) => {
      const rs = names.map((name) => runs.get(name));
      const from = rs[0].seconds;
      clearInterval(timer);
      timer = setInterval(() => {
        if (rs[0].seed === 7 && rs[0].steps > 20) {
          clearInterval(timer);
          post({ type: "failed", run: rs[0].name, sentence: "The loss grew: choose less." });
          return;
        }
        for (const r of rs) steps(r, 10, TICK);
        const [now, then] = [rs[0].steps, rs[0].steps - 10].map((n) => Math.floor(n / 50));
        if (now > then) for (const r of rs) score(r);
        if (rs.every((r) => r.solved)) end(rs, "solved");
        else if (rs[0].seconds - from >= most) end(rs, "time");
      }, 30);
    },
    step: ({ runs: names, count }) => {
      const rs = names.map((name) => runs.get(name));
      for (const r of rs) steps(r, count, 0.01 * count);
      end(rs, "asked");
    },
    pause: () => {
      clearInterval(timer);
      for (const r of runs.values()) if (r.steps) steps(r, 0, 0); // as the real one does
      post({ type: "paused", why: "asked" });
    },
    look: ({ run, sources }) => {
      const r = runs.get(run);
      const answers = sources.map((source) => {
        const T = source.length + 1;
        const map = () => ({ heads: r.config.model.sizes.heads ?? 1, rows: T, columns: T - 1,
          weights: new Float32Array(8 * T * T).fill(1 / T) });
        const classes = r.config.model.decoder === "classes" ? 10 : 196;
        return { tokens: [...source], finished: true, weights: [],
                 logits: new Float32Array(classes), vector: new Float32Array(32).fill(1),
                 maps: { encoder: [map()], own: [map()], cross: [map()] } };
      });
      post({ type: "looked", run, steps: r.steps, answers });
    },
  };
  return (order) => obey[order.type]?.(order);
}
if (typeof WorkerGlobalScope === "function" && self instanceof WorkerGlobalScope) {
  const obey = engineHere((report) => self.postMessage(report));
  self.onmessage = ({ data }) => obey(data);
} else {
  window.bookEngineHere = engineHere;
}
"""


def faked(widget, apart: float = 0, tick: float = 0.5):
    """The widget with the engine of the tests.

    Args:
      widget: a trainer.
      apart: how much worse each run is than the one before, as a share.
      tick: seconds that 10 steps take.
    """
    engine = FAKE.replace("[APART, TICK] = [0, 0.5]", f"[APART, TICK] = [{apart}, {tick}]")
    widget.engine = Lazy(engine.encode())
    return widget


def fits_a_phone(page):
    """Takes a step, and looks whether all of the page is as wide as a phone."""
    press(page, "step")
    wait_for(page, "data.score !== ''")
    frames(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
