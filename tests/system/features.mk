# hold, transfer, waiting
TESTS += tests/system/features-test.py
EXTRA_DIST += tests/system/features-test.py
