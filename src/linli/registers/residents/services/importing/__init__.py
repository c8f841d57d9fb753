"""Steps of the batches of imports into the registry: made, changed, ended, put back, taken away."""
