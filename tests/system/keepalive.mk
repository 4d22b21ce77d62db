# flows that are held open, and lost
TESTS += tests/system/keepalive-test.py
EXTRA_DIST += tests/system/keepalive-test.py tests/system/streamphone.py
