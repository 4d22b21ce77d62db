# The judgement that ends calls, from samples to verdict: media and core together.
supervision_tests = tests/unit/supervision-test \
	tests/unit/supervision-release-test
check_PROGRAMS += $(supervision_tests)
TESTS += $(supervision_tests)
supervision_rig = tests/unit/supervision-rig.c tests/unit/supervision-rig.h
supervision_libs = libmedia.a libcore.a libconfig.a libbase.a \
	$(SPANDSP_LIBS) $(SRTP_LIBS) $(LIBCONFIG_LIBS) $(TONEZONE_LIBS) $(CMOCKA_LIBS) \
	-lpthread -lm
tests_unit_supervision_test_SOURCES = tests/unit/supervision-test.c \
	$(supervision_rig)
tests_unit_supervision_test_LDADD = $(supervision_libs)
tests_unit_supervision_release_test_SOURCES = \
	tests/unit/supervision-release-test.c $(supervision_rig)
tests_unit_supervision_release_test_LDADD = $(supervision_libs)

# What is sent, judged against libtonezone's own words.
check_PROGRAMS += tests/unit/tone-test
TESTS += tests/unit/tone-test
tests_unit_tone_test_SOURCES = tests/unit/tone-test.c tests/unit/config-help.c \
	tests/unit/config-help.h
tests_unit_tone_test_LDADD = $(supervision_libs)
