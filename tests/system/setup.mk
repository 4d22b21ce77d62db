# tipring lines --setup. Needs nothing in real time.
TESTS += tests/system/setup-test.py
EXTRA_DIST += tests/system/setup-test.py
