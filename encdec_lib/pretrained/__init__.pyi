from . import download as download
from . import vit as vit
from .vit import NAME as NAME
from .vit import classes as classes
from .vit import fetch_vit as fetch_vit
from .vit import load_vit as load_vit
from .vit import prepare as prepare
