# the operator's side of tipringd
TESTS += tests/system/control-test.py
EXTRA_DIST += tests/system/control-test.py
