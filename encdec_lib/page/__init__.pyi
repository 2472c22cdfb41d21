from . import published as published
from . import scoreboard as scoreboard
from .notebook import elapsed as elapsed
from .notebook import report as report
from .notebook import setup as setup
from .stored import Results as Results
from .stored import results as results
from .stored import save_results as save_results
