# distinctive ringing
TESTS += tests/system/ring-test.py
EXTRA_DIST += tests/system/ring-test.py
