# how lines learn
TESTS += tests/system/learn-test.py
EXTRA_DIST += tests/system/learn-test.py

# One after the other, as the rest.
tests/system/learn-test.log: tests/system/control-test.log
tests/system/peers-test.log: tests/system/learn-test.log
