# fuzz target of config
