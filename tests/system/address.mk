# the box moves to another address: no sound in it, beside the others
TESTS += tests/system/address-test.py
EXTRA_DIST += tests/system/address-test.py

# IPv4 and IPv6 at once, the same way
TESTS += tests/system/dual-test.py
EXTRA_DIST += tests/system/dual-test.py
