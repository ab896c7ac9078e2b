"""Property tests look for a fault, not at the speed of the machine that runs them."""

from hypothesis import settings

settings.register_profile("rules", deadline=None, max_examples=80)
settings.load_profile("rules")
