"""Where the modules of version 0.1 went: what was imported then goes on being importable.

Version 0.1 had its modules side by side at the root. A notebook that says
``from encdec_lib.losses import shift_right`` is still right: the name leads, silently, to the
room where the function lives now. ``tests/test_old_imports.py`` holds the list of what the pages
and the README imported then. New code names the room.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types

#: Module of version 0.1, below ``encdec_lib``, to the modules that hold its names now.
MOVED: dict[str, tuple[str, ...]] = {
    "agreement": ("train.processes",),
    "alignment_plots": ("plots.alignment",),
    "batches": ("train.batches",),
    "beam": ("generate.beam",),
    "caption_maps": ("plots.captions", "analysis.word_maps"),
    "caption_metrics": ("evaluation.captions",),
    "checkpoint": ("train.checkpoint",),
    "classification": ("evaluation.classes", "train.losses", "data.digits"),
    "devices": ("runtime.devices",),
    "download": ("pretrained.download",),
    "image_plots": ("plots.images",),
    "interrupt": ("train.interrupt",),
    "layers.rollout": ("analysis.rollout",),
    "losses": ("train.losses",),
    "memory": ("analysis.recurrent_memory",),
    "metrics": ("evaluation.metrics", "evaluation.edits"),
    "models.cnn_classifier": ("models.vision_transformer",),
    "models.vision_language": ("models.vit_to_transformer",),
    "models.vit": ("models.vision_transformer",),
    "patch_plots": ("plots.patches",),
    "processes": ("runtime.launch",),
    "progress": ("train.progress",),
    "published": ("page.published",),
    "scene_reading": ("evaluation.scenes",),
    "scoreboard": ("page.scoreboard",),
    "search": ("generate.common",),
    "segmentation": ("evaluation.pixels",),
    "token_plots": ("plots.tokens",),
    "training_step": ("train.step",),
    "widgets.book_widget": ("widgets.host.book_widget",),
}
#: Names that changed, old to new.
RENAMED: dict[str, str] = {
    "deal": "interleave_over_devices",
    "hold_on": "set_keep_bias",
    "read_back": "probe_symbols",
    "scale_recurrence": "set_spectral_radius",
}


class _OldModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of :data:`MOVED` and fills each with what its new modules hold."""

    def find_spec(self, fullname, path=None, target=None):
        package, _, name = fullname.partition(".")
        if package != __package__ or name not in MOVED:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin=f"moved to {MOVED[name]}")

    def create_module(self, spec):
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        homes = self._homes(module.__name__)
        module.__doc__ = f"Moved: see {', '.join(homes)}."

        def lookup(name: str):
            for home in homes:
                found = importlib.import_module(home)
                for spelled in (name, RENAMED.get(name)):
                    if spelled is not None and hasattr(found, spelled):
                        return getattr(found, spelled)
            raise AttributeError(
                f"{module.__name__} has moved to {', '.join(homes)}, and none has {name!r}."
            )

        module.__getattr__ = lookup

    def get_code(self, fullname: str):
        """For ``python -m``: the code of the module that it is now."""
        home = self._homes(fullname)[0]
        spec = importlib.util.find_spec(home)
        loader = spec.loader if spec else None
        return loader.get_code(home) if isinstance(loader, importlib.abc.InspectLoader) else None

    @staticmethod
    def _homes(fullname: str) -> list[str]:
        package, _, name = fullname.partition(".")
        return [f"{package}.{home}" for home in MOVED[name]]


def install() -> None:
    """Makes the old names importable; a second call changes nothing."""
    if not any(isinstance(finder, _OldModules) for finder in sys.meta_path):
        sys.meta_path.append(_OldModules())
