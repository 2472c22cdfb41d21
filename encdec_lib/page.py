"""What every page of the book does around its own content.

The first cell of a page calls :func:`setup`, results go through :func:`report`, and the last
cell calls :func:`elapsed`. A page imports this module before anything else, so that its clock
starts before JAX is imported.
"""

import ast
import hashlib
import json
import os
import platform
import sys
import time
from importlib import metadata, resources
from pathlib import Path

from encdec_lib import IMPORTED_AT

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

    - Every CPU core becomes a JAX device (:func:`encdec_lib.devices.use_all_cores`). Where JAX
      has already started, or there is an accelerator, nothing is moved.
    - With ``cpu_devices`` the CPU shows itself as so many devices instead, which share its cores
      (``jax.devices("cpu")``, also beside an accelerator). Where JAX has already started with
      another number, a second line says what to do.
    - Compiled programs are kept between runs, in a directory of the reader's own. The
      environment variable ``ENCDEC_CACHE`` names another one, or is ``off``.
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

    from encdec_lib import devices, plots

    keep_compiled_programs()
    if cpu_devices is None:
        devices.use_all_cores()
    else:
        there = len(devices.cpu_devices(cpu_devices))
    plots.use_style()
    if _in_notebook():
        if _clock.shell is None:
            jax.monitoring.register_event_listener(_clock.count_cache_hit)
        _clock.watch(_shell())
        from matplotlib_inline.backend_inline import set_matplotlib_formats

        set_matplotlib_formats("svg", metadata={"Date": None})
    print(f"encdec_lib {_version()} · jax {jax.__version__} · {_devices()}")
    if cpu_devices is not None and there != cpu_devices:
        print(
            f"This page wants {cpu_devices} CPU devices, but JAX had started with {there}. Restart "
            "the kernel (the session) and run this cell before any other."
        )


def cache_directory() -> Path | None:
    """Where compiled programs are kept; None where they are not.

    Programs depend on the processor, so each kind of processor has a directory of its own.

    Returns:
      ``ENCDEC_CACHE`` or the user's cache directory, and below it one for this processor.
    """
    wish = os.environ.get("ENCDEC_CACHE", "").strip()
    if wish.lower() in ("off", "none", "no", "false", "0"):
        return None
    if wish:
        base = Path(wish).expanduser()
    elif os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "encdec"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches" / "encdec"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "encdec"
    return base / ("jax-" + hashlib.sha256(_processor(full=True).encode()).hexdigest()[:8])


def keep_compiled_programs() -> Path | None:
    """Turns on JAX's persistent compilation cache, unless the directory cannot be written.

    Returns:
      The directory, or None where nothing is kept.
    """
    import jax

    directory = cache_directory()
    if directory is None:
        return None
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    if not os.access(directory, os.W_OK):
        return None
    jax.config.update("jax_compilation_cache_dir", str(directory))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    return directory


def report(**numbers) -> None:
    """Prints ``name = value`` lines and makes each value quotable in the page's prose.

    After ``report(per_attention=9.31)``, the text may say ``{glue:text}`per_attention:.1f```.
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
    for name, value in numbers.items():
        print(f"{name} = {_readable(value)}")
    for name, value in numbers.items():
        _glue(name, value)


def elapsed() -> None:
    """Prints what the page's cells took, and glues ``page_seconds`` and ``page_machine``.

    Time in which no cell ran does not count.
    """
    seconds = _clock.seconds()
    machine = f"{_processors()} ({_processor()})"
    print(f"This page's cells took {seconds:.0f} s on {machine},")
    print("imports and compilation included.")
    if _clock.cache_hits:
        print(f"Compiled programs kept from an earlier run: {_clock.cache_hits}.")
        print("A first run takes longer.")
    _glue("page_seconds", round(seconds, 1))
    _glue("page_machine", machine)


class Results(dict):
    """A file of ``encdec_lib/results``: numbers that took longer than a page may take.

    A dictionary of the file's ``data``; :attr:`provenance` says where the numbers come from.
    """

    def __init__(self, data: dict, origin: dict):
        super().__init__(data)
        self.origin = origin

    @property
    def provenance(self) -> str:
        """Command, seeds, versions, machine and date, in one line."""
        versions = ", ".join(f"{k} {v}" for k, v in self.origin["versions"].items())
        seeds = ", ".join(str(seed) for seed in self.origin["seeds"])
        return (
            f"{self.origin['command']} · seeds {seeds} · {versions} · "
            f"{self.origin['machine']} · {self.origin['date']}"
        )


def results(name: str) -> Results:
    """Reads a stored result; works from a checkout and from the installed package.

    Args:
      name: the file's name without ``.json``.

    Returns:
      The data, a dictionary with a ``provenance`` line.

    Raises:
      FileNotFoundError: if there is no such file; the message lists those there are.
    """
    folder = resources.files("encdec_lib") / "results"
    file = folder / f"{name}.json"
    if not file.is_file():
        files = [f.name for f in folder.iterdir()] if folder.is_dir() else []
        there = sorted(f[:-5] for f in files if f.endswith(".json"))
        raise FileNotFoundError(
            f"no result named {name!r}; there are: {', '.join(there) or 'none'}. "
            "The scripts in results/ make them."
        )
    content = json.loads(file.read_text(encoding="utf-8"))
    return Results(content.pop("data"), content)


def save_results(name: str, data: dict, *, command: str, seeds: list[int], folder=None) -> Path:
    """Writes a result beside its provenance; for the scripts in ``results/``.

    Args:
      name: the file's name without ``.json``.
      data: numbers, strings, lists and dictionaries.
      command: what makes the file again, from the repository's root.
      seeds: of the runs.
      folder: where to write; the package's own folder if None.

    Returns:
      The path of the file.
    """
    packages = ("jax", "flax", "optax", "numpy")
    content = {
        "command": command,
        "seeds": list(seeds),
        "versions": {"python": platform.python_version()}
        | {package: metadata.version(package) for package in packages},
        "machine": f"{_processors()} ({_processor()})",
        "date": time.strftime("%Y-%m-%d"),
        "data": data,
    }
    path = Path(folder or resources.files("encdec_lib") / "results") / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


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
    try:
        version = metadata.version("encdec-lib")
    except metadata.PackageNotFoundError:  # a checkout on the path, not installed
        return "0.1"
    return version.removesuffix(".0") if version.count(".") == 2 else version


def _devices() -> str:
    """ "2 CPU devices", "1 GPU device"."""
    import jax

    devices = jax.local_devices()
    plural = "" if len(devices) == 1 else "s"
    return f"{len(devices)} {devices[0].platform.upper()} device{plural}"


def _processors() -> str:
    """What does the computing: "2 CPU cores", "1 GPU"."""
    import jax

    devices = jax.local_devices()
    if devices[0].platform != "cpu":
        plural = "" if len(devices) == 1 else "s"
        return f"{len(devices)} {devices[0].platform.upper()}{plural}"
    affinity = getattr(os, "sched_getaffinity", None)
    cores = len(affinity(0)) if affinity else os.cpu_count()
    return f"{cores} CPU core" + ("" if cores == 1 else "s")


def _processor(full: bool = False) -> str:
    """The name of the accelerator or processor; with ``full``, of the processor's abilities."""
    if not full:
        import jax

        if jax.local_devices()[0].platform != "cpu":
            return jax.local_devices()[0].device_kind
    fields = {}
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            fields.setdefault(key.strip(), value.strip())
    except OSError:
        pass
    name = fields.get("model name") or platform.processor() or platform.machine()
    if full:
        return " ".join([platform.machine(), name, fields.get("flags", fields.get("Features", ""))])
    return " ".join(name.replace("(R)", "").replace("(TM)", "").replace("CPU", "").split())
