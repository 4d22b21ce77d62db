# Attended transfers through a proxy, and sipp that transfers.
TESTS += tests/system/attended-test.py
EXTRA_DIST += tests/system/attended-test.py tests/system/sipp/refers.xml

# Sound is heard in them: one after the other, as the rest.
tests/system/attended-test.log: tests/system/handover-test.log
tests/system/peers-test.log: tests/system/attended-test.log
