# caller ID of every standard, over whole calls
TESTS += tests/system/callerid-test.py
EXTRA_DIST += tests/system/callerid-test.py
