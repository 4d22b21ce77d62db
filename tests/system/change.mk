# calls that change while they talk
TESTS += tests/system/change-test.py
EXTRA_DIST += tests/system/change-test.py

# One after the other, as the rest.
tests/system/change-test.log: tests/system/srtp-test.log
tests/system/load-test.log: tests/system/change-test.log
