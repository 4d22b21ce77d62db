# Transfers that go out of the gateway, and that real peers ask for.
TESTS += tests/system/handover-test.py
EXTRA_DIST += tests/system/handover-test.py
