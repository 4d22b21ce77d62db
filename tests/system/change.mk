# calls that change while they talk
TESTS += tests/system/change-test.py
EXTRA_DIST += tests/system/change-test.py
