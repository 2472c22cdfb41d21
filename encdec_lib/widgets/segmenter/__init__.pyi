from .segmenter import Segmenter as Segmenter
