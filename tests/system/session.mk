# SIP sessions, message by message. They wait for messages, not for sound:
# beside the others.
session_tests = tests/system/identity-test.py tests/system/session-test.py \
	tests/system/transfer-test.py tests/system/bleed-test.py \
	tests/system/routes-test.py
TESTS += $(session_tests)
EXTRA_DIST += $(session_tests) tests/system/ua.py

TESTS += tests/system/sipconnect-test.py
EXTRA_DIST += tests/system/sipconnect-test.py doc/sipconnect
