# What nobody should send: torture messages, garbage, floods. In real time, one
# after the other.
TESTS += tests/system/torture-test.py tests/system/floods-test.py \
	tests/system/storm-test.py
EXTRA_DIST += tests/system/storm-test.py tests/system/floods-test.py tests/system/torture-test.py tests/system/torture.py \
	tests/system/vitals.py tests/system/torture/valid.sip \
	tests/system/torture/invalid.sip tests/system/torture/semantics.sip \
	tests/system/torture/ipv6.sip

noinst_PROGRAMS += tests/tools/storm
tests_tools_storm_SOURCES = tests/tools/storm.c
