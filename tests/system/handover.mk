# Transfers that go out of the gateway. They wait for messages, not for sound:
# beside the others.
TESTS += tests/system/handover-test.py
EXTRA_DIST += tests/system/handover-test.py

