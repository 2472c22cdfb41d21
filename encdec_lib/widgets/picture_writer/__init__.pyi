from .picture_writer import PictureWriter as PictureWriter
