"""The test bench: hosts the simulated devices of a settings file and lets a shell or a program steer them."""
