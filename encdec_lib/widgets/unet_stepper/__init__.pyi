from .unet_stepper import UNetStepper as UNetStepper
