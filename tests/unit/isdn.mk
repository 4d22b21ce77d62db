isdn_test_libs = libisdn.a libbase.a $(PRI_LIBS) $(CMOCKA_LIBS)
check_PROGRAMS += tests/unit/isdn-map-test
TESTS += tests/unit/isdn-map-test
tests_unit_isdn_map_test_SOURCES = tests/unit/isdn-map-test.c
tests_unit_isdn_map_test_LDADD = $(isdn_test_libs)

check_PROGRAMS += tests/unit/isdn-frame-test
TESTS += tests/unit/isdn-frame-test
tests_unit_isdn_frame_test_SOURCES = tests/unit/isdn-frame-test.c
tests_unit_isdn_frame_test_LDADD = $(isdn_test_libs)

check_PROGRAMS += tests/unit/isdn-channel-test
TESTS += tests/unit/isdn-channel-test
tests_unit_isdn_channel_test_SOURCES = tests/unit/isdn-channel-test.c
tests_unit_isdn_channel_test_LDADD = $(isdn_test_libs)

check_PROGRAMS += tests/unit/isdn-span-test
TESTS += tests/unit/isdn-span-test
tests_unit_isdn_span_test_SOURCES = tests/unit/isdn-span-test.c
tests_unit_isdn_span_test_LDADD = $(isdn_test_libs)
