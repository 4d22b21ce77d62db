# fuzz target of rtp
