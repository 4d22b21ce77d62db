# fuzz target of sdp
