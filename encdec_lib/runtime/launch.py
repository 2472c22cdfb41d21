"""Starts several processes on one machine that train one model together.

    python -m encdec_lib.runtime.launch 2 script.py [arguments]

runs ``script.py`` twice. Each process joins the others with :func:`jax.distributed.initialize`
first, so that ``jax.devices()`` lists the devices of all, and :func:`~encdec_lib.train.loop.fit`
splits its batches over them. A CPU's cores are shared out; a machine with GPUs gives one to each
process (``JAX_PLATFORMS=cpu`` in front keeps to the CPU). On a cluster this file is not needed:
SLURM, Open MPI and TPU pods start the processes themselves, and ``jax.distributed.initialize()`` at
the top of the script, without arguments, finds the others.

What process 0 prints is shown as it is; a line of another one begins with its number. If one
process fails, the others are ended, and its exit code is returned.
"""

import argparse
import contextlib
import io
import os
import queue
import runpy
import socket
import subprocess
import sys
import threading
import time
import traceback

from encdec_lib.runtime.checks import is_whole
from encdec_lib.runtime.cores import usable_cores

JOIN_SECONDS = 60  # how long a process waits for the others at the start
LEAVE_SECONDS = 5  # how long one that was asked to end may take
STOP_SECONDS = 60  # the same after Ctrl-C, when there may be a checkpoint to write


def launch(count: int, script: str, arguments: list[str] | tuple[str, ...] = ()) -> int:
    """Runs a script in ``count`` processes, and waits.

    Args:
      count: how many processes.
      script: path of a Python file.
      arguments: what the script finds in ``sys.argv[1:]``.

    Returns:
      0 if all ended well, otherwise the exit code of the first that did not (128 + n where signal
      n ended it).

    Raises:
      ValueError: if ``count`` is below 1.
      FileNotFoundError: if there is no such script.

    Example:
      >>> launch(2, "nowhere.py")
      Traceback (most recent call last):
      FileNotFoundError: there is no script nowhere.py. Give the path of a Python file.
    """
    if not is_whole(count) or count < 1:
        raise ValueError(f"count must be at least 1 process; got {count!r}.")
    script = os.path.expanduser(script)
    if not os.path.isfile(script):
        raise FileNotFoundError(f"there is no script {script}. Give the path of a Python file.")
    command = [sys.executable, "-m", "encdec_lib.runtime.launch", "--coordinator", _free_address()]
    # Python finds the library in the children where it was found here.
    paths = [path or os.getcwd() for path in sys.path]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    ended: queue.Queue[tuple[int, int]] = queue.Queue()
    running = []
    try:
        for index in range(count):
            process = subprocess.Popen(
                [*command, "--index", str(index), str(count), script, *arguments],
                env=environment,
                stdout=subprocess.PIPE if index else None,
                stderr=subprocess.STDOUT if index else None,
                text=True,
                errors="replace",
            )
            running.append(process)
            threading.Thread(target=_follow, args=(index, process, ended), daemon=True).start()
        for _ in range(count):
            index, code = ended.get()
            if code:
                code = code if code > 0 else 128 - code
                message = f"process {index} ended with code {code}; the others are ended.\n"
                print(message, end="", flush=True)  # one write: others may still be printing
                return code
        return 0
    except KeyboardInterrupt:
        # The terminal has told the processes too: `fit` stops after its chunk, and writes.
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            for process in running:
                process.wait(STOP_SECONDS)
        raise
    finally:
        _end(running)


def _follow(index: int, process: subprocess.Popen, ended: queue.Queue) -> None:
    """Shows the lines of one process, and notes how it ended."""
    if process.stdout is not None:
        for line in process.stdout:
            print(f"[{index}] {line}", end="", flush=True)
    ended.put((index, process.wait()))


def _end(processes: list[subprocess.Popen]) -> None:
    """Ends what still runs: asks, waits a little, then does not ask."""
    for process in processes:
        process.terminate()  # does nothing to one that has ended
    for process in processes:
        try:
            process.wait(LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_address() -> str:
    """An address of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def _share(count: int) -> int:
    """How many CPU devices each of ``count`` processes gets: its share of the cores, 8 at most."""
    return min(max(1, usable_cores() // count), 8)


def _join(coordinator: str, count: int, index: int) -> None:
    """Makes this process one of several, with its share of the cores."""
    import jax

    with contextlib.suppress(AttributeError):  # what JAX does by itself where there is no choice
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.config.update("jax_num_cpu_devices", _share(count))
    jax.distributed.initialize(
        coordinator,
        count,
        index,
        local_device_ids=[index],  # of the GPUs, if any
        initialization_timeout=JOIN_SECONDS,
    )
    jax.devices()  # all start together, now


def _end_with_parent() -> None:
    """Ends this process soon after the one that started it has gone, however that went."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _child(coordinator: str, count: int, index: int, script: str, arguments: list[str]) -> None:
    """Joins the others and runs the script as ``python script.py`` would."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for stream in (sys.stdout, sys.stderr):
        # Whole lines, at once: with PYTHONUNBUFFERED, print would send a line in pieces, and those
        # of two processes would mix.
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True, write_through=False)
    code = 1
    try:
        _join(coordinator, count, index)
        sys.argv = [script, *arguments]
        sys.path.insert(0, os.path.dirname(os.path.abspath(script)))
        runpy.run_path(script, run_name="__main__")
        return
    except SystemExit as stop:
        if stop.code in (None, 0):
            return
        code = stop.code if isinstance(stop.code, int) else 1
        if not isinstance(stop.code, int):
            print(stop.code, file=sys.stderr)
    except KeyboardInterrupt:
        code = 130
    except BaseException:
        traceback.print_exc()
    # At once: an orderly exit would wait for the others, who wait for this one.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m encdec_lib.runtime.launch",
        description="Runs a script in several processes that share their devices.",
    )
    parser.add_argument("count", type=int, help="how many processes")
    parser.add_argument("script", help="a Python file")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="for the script")
    parser.add_argument("--coordinator", help=argparse.SUPPRESS)  # of a child: where the others are
    parser.add_argument("--index", type=int, help=argparse.SUPPRESS)  # of a child: which it is
    given = parser.parse_args()
    if given.coordinator:
        _child(given.coordinator, given.count, given.index, given.script, given.arguments)
        return 0
    try:
        return launch(given.count, given.script, given.arguments)
    except (ValueError, FileNotFoundError) as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
