from .cache_stepper import CacheStepper as CacheStepper
