from .device_stepper import DeviceStepper as DeviceStepper
