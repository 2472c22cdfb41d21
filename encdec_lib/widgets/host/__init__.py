"""How a figure lives with a kernel and without one."""
