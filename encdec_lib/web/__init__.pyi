from .export import Exported as Exported
from .export import export_model as export_model
from .export import rounded as rounded
