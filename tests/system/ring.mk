# distinctive ringing
TESTS += tests/system/ring-test.py
EXTRA_DIST += tests/system/ring-test.py
tests/system/ring-test.log: tests/system/callerid-test.log
