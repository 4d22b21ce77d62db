# Transfers that go out of the gateway, and that real peers ask for.
TESTS += tests/system/handover-test.py
EXTRA_DIST += tests/system/handover-test.py

# Sound is heard in some: one after the other, as the rest.
tests/system/handover-test.log: tests/system/features-test.log
tests/system/peers-test.log: tests/system/handover-test.log
