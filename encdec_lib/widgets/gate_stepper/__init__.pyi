from .gate_stepper import GateStepper as GateStepper
