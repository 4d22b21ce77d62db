# flows that are held open, and lost
TESTS += tests/system/keepalive-test.py
EXTRA_DIST += tests/system/keepalive-test.py tests/system/streamphone.py

# One after the other, as the rest.
tests/system/keepalive-test.log: tests/system/peers-test.log
tests/system/load-test.log: tests/system/keepalive-test.log
