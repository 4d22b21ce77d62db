# caller ID of every standard, over whole calls
TESTS += tests/system/callerid-test.py
EXTRA_DIST += tests/system/callerid-test.py
tests/system/callerid-test.log: tests/system/lines-test.log
