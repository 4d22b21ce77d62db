# what is measured of a line
TESTS += tests/system/measure-test.py
EXTRA_DIST += tests/system/measure-test.py
