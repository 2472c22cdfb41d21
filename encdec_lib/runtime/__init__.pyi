from . import compile_cache as compile_cache
from . import devices as devices
from . import machine as machine
