from .patch_dial import PatchDial as PatchDial
