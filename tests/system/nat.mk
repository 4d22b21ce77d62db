# between networks: NAT, another address, IPv6
TESTS += tests/system/nat-test.py
EXTRA_DIST += tests/system/nat-test.py tests/system/netns.py
