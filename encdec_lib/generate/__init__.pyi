from . import beam as beam
from . import sampling as sampling
from .beam import beam_search as beam_search
from .common import Generated as Generated
from .sampling import greedy as greedy
from .sampling import sample as sample
