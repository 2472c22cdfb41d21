"""A Jupyter server of its own, and what a person does in JupyterLab 4 and Notebook 7."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATHS = {"lab": "lab/tree/", "notebook": "notebooks/"}  # where a client opens a notebook
SETTINGS = {  # nothing is asked of another server, and no question stands over the page
    "apputils-extension/notification": {
        "fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True,
    },
    "notebook-extension/tracker": {"windowingMode": "none"},  # every cell is in the page
}  # fmt: skip


class Server:
    """`jupyter lab`, which serves Notebook 7 as well; settings and signatures lie in `folder`."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        settings = folder / "settings"
        for name, values in SETTINGS.items():
            file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values), "utf-8")
        places = {
            "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
            "JUPYTER_RUNTIME_DIR": "runtime", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }  # fmt: skip
        environment = os.environ | {name: str(folder / place) for name, place in places.items()}
        environment |= {"JUPYTERLAB_SETTINGS_DIR": str(settings), "PYTHONPATH": str(ROOT)}
        self.log = (folder / "server.log").open("w")
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root",
                "--IdentityProvider.token=", f"--ServerApp.root_dir={self.notebooks}",
                "--LabApp.news_url=None",
            ],
            env=environment, cwd=folder, stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.address = self._address()

    def _address(self) -> str:
        for _ in range(600):
            found = re.search(r"http://(?:localhost|127\.0\.0\.1):(\d+)/", self.said())
            if found:
                return f"http://127.0.0.1:{found[1]}/"
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"JupyterLab did not start:\n{self.said()[-2000:]}")

    def said(self) -> str:
        return (self.folder / "server.log").read_text("utf-8", errors="replace")

    def api(self, path: str):
        with urllib.request.urlopen(f"{self.address}api/{path}", timeout=20) as answer:
            return json.load(answer)

    def read(self, name: str) -> dict:
        """A notebook as it was saved."""
        return json.loads((self.notebooks / name).read_text("utf-8"))

    def close(self) -> None:
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        if self.process.poll() is None:
            self.process.kill()
        self.log.close()


class Client:
    """A notebook in one of the two, on a page of the browser."""

    def __init__(self, page, server: Server, kind: str):
        self.page, self.server, self.kind = page, server, kind
        page.add_locator_handler(page.locator("dialog.jp-Dialog"), self.answer)

    def answer(self, question) -> None:
        """Says yes to what a client asks about its kernel, and fails on any other question."""
        said = question.first.inner_text()
        print(f"{self.kind} asked: {said}")
        assert "kernel" in said.lower(), f"a question that nobody expected: {said}"
        question.first.locator(".jp-mod-accept").click()

    def open(self, name: str) -> None:
        self.name = name
        self.page.goto(self.server.address + PATHS[self.kind] + name)
        self.page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        self.idle()
        self.page.wait_for_timeout(2_000)  # the client says idle before its kernel takes a cell
        self.idle()

    def idle(self, seconds: float = 60) -> None:
        """Waits until a kernel is there and runs nothing."""
        self.page.wait_for_selector(
            ".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=1000 * seconds,
            state="attached",
        )  # fmt: skip

    def menu(self, title: str, *items: str) -> None:
        """Clicks through a menu, as a person does."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{title}$")).click()
        for item in items:
            self.page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{item}$")).click()

    def run_all(self, seconds: float) -> None:
        """Runs every cell, and waits until the kernel has had nothing to do for three seconds."""
        self.menu("Run", "Run All Cells")
        end, quiet = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            self.page.wait_for_timeout(500)
            idle = self.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").count()
            waiting = self.page.locator(".jp-InputPrompt", has_text="[*]").count()
            code = self.page.locator(".jp-CodeCell .jp-InputPrompt")
            ran = code.filter(has_text=re.compile(r"\[\d+\]")).count()
            left = code.filter(has_text=re.compile(r"\[\s*\]")).count()
            quiet = quiet + 1 if idle and not waiting else 0
            if quiet >= 6 and ran and not left:
                return
            if quiet >= 20:  # a client that was not ready drops the cells that it was to run
                self.menu("Run", "Run All Cells")
                quiet = 0
        raise AssertionError(f"the cells were not done after {seconds} s")

    def run_cell(self, number: int) -> str:
        """Runs one cell; gives the text that it printed."""
        cell = self.page.locator(".jp-Notebook .jp-Cell").nth(number)
        cell.scroll_into_view_if_needed()
        before = cell.locator(".jp-InputPrompt").inner_text()
        cell.locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "([cell, before]) => /\\[\\d+\\]/.test(cell.querySelector('.jp-InputPrompt').innerText)"
            " && cell.querySelector('.jp-InputPrompt').innerText !== before",
            arg=[cell.element_handle(), before],
        )
        return "\n".join(cell.locator(".jp-OutputArea-output pre").all_inner_texts()).strip()

    def save(self, name: str) -> None:
        before = (self.server.notebooks / name).stat().st_mtime_ns
        self.menu("File", "Save Notebook")  # a figure that has the focus keeps its keys
        for _ in range(100):
            self.page.wait_for_timeout(100)
            if (self.server.notebooks / name).stat().st_mtime_ns != before:
                return
        raise AssertionError(f"{name} was not saved")

    def kernels(self) -> list[str]:
        """Those of this notebook; a page that is closed may leave another one's behind."""
        sessions = self.server.api("sessions")
        return [one["kernel"]["id"] for one in sessions if one["path"].endswith(self.name)]

    def shut_down(self) -> None:
        mine = self.kernels()
        assert mine, f"{self.name} has no kernel"
        self.menu("Kernel", "Shut Down Kernel")
        for _ in range(300):
            if not set(mine) & {one["id"] for one in self.server.api("kernels")}:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("the kernel still runs")
