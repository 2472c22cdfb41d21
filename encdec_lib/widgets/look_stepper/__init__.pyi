from .look_stepper import LookStepper as LookStepper
