from .scene_reader import SceneReader as SceneReader
