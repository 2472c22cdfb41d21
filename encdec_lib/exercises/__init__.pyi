from .checking import agrees as agrees
from .checking import check as check
from .checking import chosen as chosen
from .checking import exercise as exercise
from .checking import ids as ids
from .checking import near as near
from .report import Property as Property
from .report import Report as Report
