from . import batched as batched
from . import compile_cache as compile_cache
from . import cores as cores
from . import devices as devices
from . import files as files
from . import flops as flops
from . import machine as machine
