from .backprop_stepper import BackpropStepper as BackpropStepper
