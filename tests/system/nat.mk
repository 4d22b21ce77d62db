# between networks: NAT, another address, IPv6
TESTS += tests/system/nat-test.py
EXTRA_DIST += tests/system/nat-test.py tests/system/netns.py

# One after the other, as the rest.
tests/system/nat-test.log: tests/system/srtp-test.log
tests/system/load-test.log: tests/system/nat-test.log
