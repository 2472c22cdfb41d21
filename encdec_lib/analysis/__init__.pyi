from . import recurrent_memory as recurrent_memory
from . import rollout as rollout
from . import word_maps as word_maps
