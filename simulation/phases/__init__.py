"""The phases of a month, compiled: each works on the arrays of `simulation.state` and returns nothing."""
