from .captioner import SceneCaptioner as SceneCaptioner
