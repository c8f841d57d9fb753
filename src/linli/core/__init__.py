"""What every room stands on and no table belongs to: services, clock, limits, moves, errors, crypto."""
