# SRTP with real peers
TESTS += tests/system/srtp-test.py
EXTRA_DIST += tests/system/srtp-test.py

# One after the other, as the rest.
tests/system/srtp-test.log: tests/system/peers-test.log
tests/system/load-test.log: tests/system/srtp-test.log
