# fuzz target of sim
