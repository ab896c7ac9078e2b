"""Many terminals and few portions: the simulation of tests/prove/simulation, about stock."""
