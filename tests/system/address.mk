# the box moves to another address: no sound in it, beside the others
TESTS += tests/system/address-test.py
EXTRA_DIST += tests/system/address-test.py
