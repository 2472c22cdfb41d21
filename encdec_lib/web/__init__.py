"""What a page needs to run a trained model: export, and the page's own engine."""

from encdec_lib.web.export import Exported, export_model, rounded

__all__ = ["Exported", "export_model", "rounded"]
