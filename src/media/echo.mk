# the echo canceller
