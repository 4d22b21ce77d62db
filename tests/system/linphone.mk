# another real peer
TESTS += tests/system/linphone-test.py
EXTRA_DIST += tests/system/linphone-test.py tests/system/linphone.py
