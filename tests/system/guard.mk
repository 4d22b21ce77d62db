# who may not call, and floods
TESTS += tests/system/access-test.py
EXTRA_DIST += tests/system/access-test.py
