from . import gradient_norms as gradient_norms
from . import neighbours as neighbours
from . import new_layers as new_layers
from . import power_law as power_law
from . import probes as probes
from . import recurrent_memory as recurrent_memory
from . import rollout as rollout
from . import word_maps as word_maps
