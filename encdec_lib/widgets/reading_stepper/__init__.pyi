from .reading_stepper import ReadingStepper as ReadingStepper
