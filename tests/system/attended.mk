# Attended transfers through a proxy, and sipp that transfers.
TESTS += tests/system/attended-test.py
EXTRA_DIST += tests/system/attended-test.py tests/system/sipp/refers.xml
