# how a number comes to be complete
TESTS += tests/system/dialling-test.py
EXTRA_DIST += tests/system/dialling-test.py
