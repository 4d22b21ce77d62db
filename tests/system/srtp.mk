# SRTP with real peers
TESTS += tests/system/srtp-test.py
EXTRA_DIST += tests/system/srtp-test.py
