"""Compiled programs kept between runs, in a directory of the reader's own."""

import hashlib
import os
from pathlib import Path

import jax
import platformdirs

from encdec_lib.runtime.machine import processor


def cache_directory() -> Path | None:
    """Where compiled programs are kept; None where they are not.

    Programs depend on the processor, so each kind of processor has a directory of its own.

    Returns:
      ``ENCDEC_CACHE`` or the user's cache directory, and below it one for this processor.
    """
    wish = os.environ.get("ENCDEC_CACHE", "").strip()
    if wish.lower() in ("off", "none", "no", "false", "0"):
        return None
    users = platformdirs.user_cache_path("encdec", appauthor=False)
    base = Path(wish).expanduser() if wish else users
    return base / ("jax-" + hashlib.sha256(processor(full=True).encode()).hexdigest()[:8])


def keep_compiled_programs() -> Path | None:
    """Turns on JAX's persistent compilation cache, unless the directory cannot be written.

    Where a directory has been chosen for JAX already, by ``JAX_COMPILATION_CACHE_DIR`` or in its
    configuration, and ``ENCDEC_CACHE`` says nothing, that one stays, and so do its settings.

    Returns:
      The directory, or None where nothing is kept.
    """
    chosen = jax.config.values["jax_compilation_cache_dir"]
    if chosen and not os.environ.get("ENCDEC_CACHE", "").strip():
        return Path(chosen)
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
