"""The first and the last cell of every page, and the numbers between them.

The first cell of a page calls :func:`setup`, results go through :func:`report`, and the last
cell calls :func:`elapsed`. A page imports this module before anything else, so that its clock
starts before JAX is imported.
"""

import ast
import sys
import time
from typing import Any

from encdec_lib import IMPORTED_AT, __version__
from encdec_lib.page.prose import remember

_GLUE_PREFIX = "application/papermill.record/"  # the format of myst_nb.glue


class _Clock:
    """Counts the seconds that cells take, not those in which the reader reads."""

    def __init__(self, started: float):
        self.total, self.running_since = 0.0, started
        self.shell = None
        self.cache_hits = 0

    def start_cell(self, *_) -> None:
        self.running_since = time.perf_counter()

    def end_cell(self, *_) -> None:
        if self.running_since is not None:
            self.total += time.perf_counter() - self.running_since
        self.running_since = None

    def seconds(self) -> float:
        now = time.perf_counter()
        return self.total + (now - self.running_since if self.running_since is not None else 0.0)

    def watch(self, shell) -> None:
        """Follows the cells of one shell; a second call starts again from zero."""
        if self.shell is shell:
            self.total, self.cache_hits = 0.0, 0
            return
        self.shell = shell
        shell.events.register("pre_run_cell", self.start_cell)
        shell.events.register("post_run_cell", self.end_cell)

    def count_cache_hit(self, event: str, **_) -> None:
        self.cache_hits += event == "/jax/compilation_cache/cache_hits"


_clock = _Clock(IMPORTED_AT)


def _shell():
    """The running IPython shell, or None in a plain script."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _in_notebook() -> bool:
    return hasattr(_shell(), "kernel")


def setup(cpu_devices: int | None = None) -> None:
    """Makes a page ready, and prints one line that says what it runs on.

    - Every CPU core becomes a JAX device (:func:`encdec_lib.runtime.devices.use_all_cores`). Where
      JAX has already started, or there is an accelerator, nothing is moved; nor where the
      environment says how many (``JAX_NUM_CPU_DEVICES``, or ``XLA_FLAGS`` with
      ``--xla_force_host_platform_device_count``).
    - With ``cpu_devices`` the CPU shows itself as so many devices instead, which share its cores
      (``jax.devices("cpu")``, also beside an accelerator). Where JAX has already started with
      another number, a second line says what to do.
    - Compiled programs are kept between runs, in a directory of the reader's own. The
      environment variable ``ENCDEC_CACHE`` names another one, or is ``off``; one that was chosen
      with ``JAX_COMPILATION_CACHE_DIR`` stays.
    - Figures become SVG on white, with letters that a phone can show.

    It may be called again; the page's clock then starts from zero.

    Args:
      cpu_devices: how many devices the CPU shall be; one a core if None.

    Example:
      >>> import os
      >>> os.environ["ENCDEC_CACHE"] = "off"
      >>> setup()  # doctest: +ELLIPSIS
      encdec_lib ... · jax ... · ... device...
    """
    import jax

    from encdec_lib.plots.style import use_style
    from encdec_lib.runtime import devices
    from encdec_lib.runtime.compile_cache import keep_compiled_programs
    from encdec_lib.runtime.machine import device_count

    keep_compiled_programs()
    if cpu_devices is None:
        devices.use_all_cores()
    else:
        there = len(devices.cpu_devices(cpu_devices))
    use_style()
    if _in_notebook():
        if _clock.shell is None:
            jax.monitoring.register_event_listener(_clock.count_cache_hit)
        _clock.watch(_shell())
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})
    print(f"encdec_lib {_version()} · jax {jax.__version__} · {device_count()}")
    if cpu_devices is None or there == cpu_devices:
        return
    if name := devices.environments_choice():
        print(
            f"This page wants {cpu_devices} CPU devices, but {name} in the environment makes it "
            f"{there}. Take that out of the environment, and restart the kernel (the session)."
        )
    else:
        print(
            f"This page wants {cpu_devices} CPU devices, but JAX had started with {there}. Restart "
            "the kernel (the session) and run this cell before any other."
        )


def report(**numbers: Any) -> None:
    """Makes each value quotable in the page's prose.

    A notebook shows nothing; a script prints ``name = value`` lines. After
    ``report(per_attention=9.31)``, the text may say ``{glue:text}`per_attention:.1f```; a notebook
    says the same with :func:`~encdec_lib.page.prose.say`.
    Names are unique within a page: a second report of a name would leave the build to choose.

    Args:
      **numbers: numbers or short strings; NumPy and JAX scalars are turned into Python's.

    Raises:
      TypeError: if a value is not a single number, string or boolean.

    Example:
      >>> report(words=1200, share=0.98765)
      words = 1200
      share = 0.9877
    """
    for name, value in numbers.items():
        if getattr(value, "shape", None) == ():
            value = value.item()
        if not isinstance(value, bool | int | float | str):
            raise TypeError(
                f"report needs single numbers or strings; {name} is a {type(value).__name__}. "
                "Take one number out of it first."
            )
        numbers[name] = value
    if not _in_notebook():
        for name, value in numbers.items():
            print(f"{name} = {_readable(value)}")
    for name, value in numbers.items():
        _glue(name, value)
    remember(numbers)


def elapsed() -> None:
    """Prints what the page's cells took, and glues ``page_seconds`` and ``page_machine``.

    Time in which no cell ran does not count.
    """
    from encdec_lib.runtime.machine import processor, processors

    seconds = _clock.seconds()
    machine = f"{processors()} ({processor()})"
    print(f"This page's cells took {seconds:.0f} s on {machine},")
    print("imports and compilation included.")
    if _clock.cache_hits:
        print(f"Compiled programs kept from an earlier run: {_clock.cache_hits}.")
        print("A first run takes longer.")
    took = {"page_seconds": round(seconds, 1), "page_machine": machine}
    for name, value in took.items():
        _glue(name, value)
    remember(took)


def _glue(name: str, value) -> None:
    """What ``myst_nb.glue(name, value, display=False)`` does, without myst_nb."""
    if not _in_notebook():
        return
    from IPython.display import display

    text = repr(value)
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError):  # nan and inf: the page shows the word
        text = str(value)
    scrapbook = {"name": name, "mime_prefix": _GLUE_PREFIX}
    display({_GLUE_PREFIX + "text/plain": text}, raw=True, metadata={"scrapbook": scrapbook})


def _readable(value) -> str:
    """Four significant digits, and never an exponent for an everyday size."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:.1f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


def _version() -> str:
    return __version__.removesuffix(".0")
