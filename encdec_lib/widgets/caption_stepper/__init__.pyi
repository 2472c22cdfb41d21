from .caption_stepper import CaptionStepper as CaptionStepper
