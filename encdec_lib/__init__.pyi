from .encoding import Decoded as Decoded
from .encoding import DecoderState as DecoderState
from .encoding import EncoderDecoder as EncoderDecoder
from .encoding import Encoding as Encoding

IMPORTED_AT: float
__version__: str
