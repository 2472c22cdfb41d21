"""Runs the pages that have changed two at a time, each on half of the CPU cores, into the cache.

MyST-NB runs page after page while Sphinx reads them. A page's programs are compiled, drawn and
printed on one core while the other waits: of two cores four pages used three quarters, and took
350 s one after the other, 267 s two at a time. So this fills the cache before Sphinx reads the
first page, and a page that is in the cache is not run again. A page that fails is left to MyST-NB,
which runs it once more and says what went wrong.

A page sees as many JAX devices as it would with the machine to itself, so that its numbers are
the same; what it says about its time is what it took, on the cores that it had.
"""

import concurrent.futures
import os
import pathlib
import queue

import jupyter_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import create_nb_reader
from sphinx.util import logging

logger = logging.getLogger(__name__)

DEVICES = "ENCDEC_CPU_DEVICES"  # of encdec_lib.runtime.devices; a page may ask for another number


def fill_cache(app, env, docnames):
    """Runs those of the pages to be read which are not in the cache."""
    halves = halves_of_the_cores()
    config = env.mystnb_config
    if config.execution_mode != "cache" or not halves or os.environ.get("JOBS") == "1":
        return
    cache = jupyter_cache.get_cache(config.execution_cache_path)
    waiting = {
        name: notebook
        for name in docnames
        if (notebook := as_notebook(env, name)) is not None and not is_cached(cache, notebook)
    }
    if len(waiting) < 2:
        return
    logger.info("running %d pages, two at a time (JOBS=1: one at a time)", len(waiting))
    for name, result in run(env, waiting, halves):
        if result.err is not None:
            logger.info("%s stopped: it will be run again, to say why", name)
            continue
        logger.info("%s ran in %.0f s", name, result.time)
        path = env.doc2path(name)
        cache.add_nb_to_project(path, read_data={"type": "plugin", "name": "myst_nb_md"})
        cache.cache_notebook_bundle(
            CacheBundleIn(result.nb, path, data={"execution_seconds": result.time}),
            check_validity=False,
            overwrite=True,
        )


def halves_of_the_cores() -> list[set[int]]:
    """Two sets of cores; none where there is but one, or where no core can be chosen."""
    if not hasattr(os, "sched_setaffinity"):  # macOS and Windows
        return []
    cores = sorted(os.sched_getaffinity(0))
    half = len(cores) // 2
    return [set(cores[:half]), set(cores[half:])] if half else []


def as_notebook(env, name):
    """A page as MyST-NB reads it; None if it has no cells to run."""
    path = env.doc2path(name)
    text = pathlib.Path(path).read_text("utf-8")
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
    return reader and reader.read(text)


def is_cached(cache, notebook) -> bool:
    """Whether the cache holds a page with the same cells."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def run(env, notebooks, halves):
    """Runs notebooks side by side; gives each page's name and result as it ends."""
    config, free = env.mystnb_config, queue.SimpleQueue()
    for half in halves:
        free.put(half)

    def one(name, notebook):
        own = free.get()
        os.sched_setaffinity(0, own)  # of this thread, and of the kernel that it starts
        try:
            return name, single_nb_execution(
                notebook,
                cwd=str(pathlib.Path(env.doc2path(name)).parent),
                timeout=config.execution_timeout,
                allow_errors=config.execution_allow_errors,
            )
        finally:
            free.put(own)

    told = os.environ.get(DEVICES)
    os.environ[DEVICES] = told or str(sum(map(len, halves)))
    try:
        with concurrent.futures.ThreadPoolExecutor(len(halves)) as threads:
            ends = [threads.submit(one, *page) for page in notebooks.items()]
            for end in concurrent.futures.as_completed(ends):
                yield end.result()
    finally:
        if told is None:
            del os.environ[DEVICES]
