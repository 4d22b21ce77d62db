# another real peer
TESTS += tests/system/linphone-test.py
EXTRA_DIST += tests/system/linphone-test.py tests/system/linphone.py

# One after the other, as the rest.
tests/system/linphone-test.log: tests/system/peers-test.log
tests/system/load-test.log: tests/system/linphone-test.log
