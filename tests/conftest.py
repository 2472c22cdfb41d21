"""Fixtures for every test: strict shapes, two CPU devices, and a browser without a network."""

import os
import shutil

# Most of the suite's time is XLA compiling small programs, which run for milliseconds: less
# optimisation and the older of its two ways to fuse loops pay, see also `quick_to_compile`.
QUICK_TO_COMPILE = "--xla_backend_optimization_level=1 --xla_cpu_use_fusion_emitters=false"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {QUICK_TO_COMPILE}"

import jax  # noqa: E402
import pytest  # noqa: E402

jax.config.update("jax_numpy_rank_promotion", "raise")  # (B, 1) against (S,) is a bug here
jax.config.update("jax_num_cpu_devices", 2)  # before the first array: `fit` shards over devices

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--mute-audio",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
# Of the tests with a convolution, some part of the name, in small letters.
CONVOLVES = ("conv", "cnn", "u-net", "unet", "a cell", "caption", "segment", "scene", "pixels")
VIEWPORT = {"width": 1280, "height": 800}
LOCAL = ("http://127.0.0.1", "http://localhost", "file:", "data:", "blob:", "about:")


def pytest_collection_modifyitems(items):
    """Examples in docstrings that compile layers or models are left to `make test-all`."""
    for item in items:
        if isinstance(item, pytest.DoctestItem) and item.name.startswith(
            ("encdec_lib.layers.", "encdec_lib.models.", "encdec_lib.widgets.")
        ):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def quick_to_compile(request):
    """Has XLA optimise nothing, which compiles in a third of the time.

    But not where something convolves: there the gradient of a U-Net's loss was NaN (jaxlib 0.10.2).
    """
    convolves = any(sign in request.node.nodeid.lower() for sign in CONVOLVES)
    jax.config.update("jax_disable_most_optimizations", not convolves)


@pytest.fixture
def as_reader():
    """Calls the library as a notebook does: without the tests' shape checks."""
    import jaxtyping

    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


def chromium_path() -> str | None:
    """Where Chromium is: $CHROMIUM, then the usual names on the PATH, then /usr/bin."""
    if named := os.environ.get("CHROMIUM"):
        return named
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = next((path for name in names if (path := shutil.which(name))), None)
    return found or ("/usr/bin/chromium" if os.path.exists("/usr/bin/chromium") else None)


def without_browser(reason: str):
    """Skips, or fails where CI asked for the browser tests with REQUIRE_BROWSER=1."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"REQUIRE_BROWSER=1, but {reason}", pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium which can reach nothing but this machine (a playwright Browser)."""
    path = chromium_path()
    if path is None:
        without_browser("no Chromium: `apt install chromium`, or set CHROMIUM=/path/to/chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        without_browser("no playwright: `pip install playwright`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


def watch(page, problems: list[str]) -> dict:
    """Notes in `problems` what goes wrong on a page: remote requests and errors of scripts.

    Returns the listeners by their event.
    """

    def on_request(request):
        if not request.url.startswith(LOCAL):
            problems.append(f"remote request: {request.url}")

    def on_console(message):
        if message.type == "error":
            problems.append(f"console: {message.text}")

    def on_error(error):
        problems.append(f"script error: {error}")

    listeners = {"request": on_request, "console": on_console, "pageerror": on_error}
    for event, listener in listeners.items():
        page.on(event, listener)
    return listeners


@pytest.fixture
def problems() -> list[str]:
    """What went wrong on `page` so far; clear it where a test provokes an error on purpose."""
    return []


def open_page(chromium):
    """A page in a context of its own."""
    context = chromium.new_context(viewport=VIEWPORT)
    context.set_default_timeout(10_000)
    return context.new_page()


class SharedPage:
    """One page for all tests: Chromium takes a fifth of a second to open a window, and a test less.

    What would outlive a test is refused.
    """

    LASTING = ("add_init_script", "emulate_media", "expose_function", "route", "close")

    def __init__(self, chromium):
        self.chromium, self.page = chromium, None

    def empty(self):
        """The page, as if it were new."""
        if self.page is None:
            self.page = open_page(self.chromium)
            for name in self.LASTING:
                setattr(self.page, name, self.refuse)
            self.page.clock.install = self.refuse
        self.page.set_viewport_size(VIEWPORT)
        self.page.mouse.move(0, 0)
        return self.page

    def leave(self, listeners: dict):
        """Ends what runs on the page."""
        page, self.page = self.page, None  # a page that does not answer is not shown again
        page.goto("about:blank")
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        self.page = page

    @staticmethod
    def refuse(*_, **__):
        raise RuntimeError("This would outlive the test: mark it with pytest.mark.own_page.")


@pytest.fixture(scope="session")
def shared_page(chromium):
    return SharedPage(chromium)


@pytest.fixture
def page(request, problems):
    """An empty page; the test fails if it asks for a remote address or logs an error.

    It is the same page for every test, but for those that are marked ``own_page``.
    """
    if request.node.get_closest_marker("own_page"):
        page = open_page(request.getfixturevalue("chromium"))
        watch(page, problems)
        yield page
        page.context.close()
    else:
        shared = request.getfixturevalue("shared_page")
        page = shared.empty()
        listeners = watch(page, problems)
        yield page
        shared.leave(listeners)
    assert not problems, "\n".join(problems)
