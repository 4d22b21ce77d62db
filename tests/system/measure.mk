# what is measured of a line
TESTS += tests/system/measure-test.py
EXTRA_DIST += tests/system/measure-test.py

# One after the other, as the rest.
tests/system/measure-test.log: tests/system/learn-test.log
tests/system/peers-test.log: tests/system/measure-test.log
