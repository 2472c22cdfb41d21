from .path_stepper import PathStepper as PathStepper
