from .beam_stepper import BeamStepper as BeamStepper
