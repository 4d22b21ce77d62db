# What calls of a span can do beyond talking.
PRI_FEATURES = tests/system/pri-hold-test.py \
	tests/system/pri-channel-test.py tests/system/pri-name-test.py
TESTS += $(PRI_FEATURES)
EXTRA_DIST += $(PRI_FEATURES) doc/isdn
PRI_TESTS += $(PRI_FEATURES)
