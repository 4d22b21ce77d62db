# the operator's side of tipringd
TESTS += tests/system/control-test.py
EXTRA_DIST += tests/system/control-test.py

# One after the other, as the rest.
tests/system/control-test.log: tests/system/faults-test.log
tests/system/peers-test.log: tests/system/control-test.log
