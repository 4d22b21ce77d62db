# A provider's servers and DNS, in a network of its own. It mostly waits: beside
# the others.
TESTS += tests/system/targets-test.py tests/system/examples-test.py \
	tests/system/outside-test.py tests/system/resolv-test.py
EXTRA_DIST += tests/system/targets-test.py tests/system/examples-test.py \
	tests/system/outside-test.py tests/system/resolv-test.py \
	tests/system/namespace.py \
	tests/system/dns.py tests/system/provider.py
