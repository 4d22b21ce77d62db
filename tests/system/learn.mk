# how lines learn
TESTS += tests/system/learn-test.py
EXTRA_DIST += tests/system/learn-test.py
