from .merge_stepper import MergeStepper as MergeStepper
