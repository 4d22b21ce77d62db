# unit tests of media
MEDIA_TESTS = tests/unit/media-pump-test tests/unit/media-rtp-test \
	tests/unit/media-jitter-test tests/unit/media-sound-test \
	tests/unit/media-callerid-test tests/unit/media-line-test \
	tests/unit/media-digits-test tests/unit/media-seal-test \
	tests/unit/media-pacing-test tests/unit/media-start-test \
	tests/unit/media-connect-test
check_PROGRAMS += $(MEDIA_TESTS)
TESTS += $(MEDIA_TESTS)
MEDIA_TEST_LIBS = libmedia.a libbase.a $(SPANDSP_LIBS) $(SRTP_LIBS) $(CMOCKA_LIBS) -lpthread -lm
MEDIA_RIG = tests/unit/media-fake.c tests/unit/media-fake.h \
	tests/unit/media-rig.c tests/unit/media-rig.h
tests_unit_media_pump_test_SOURCES = tests/unit/media-pump-test.c $(MEDIA_RIG)
tests_unit_media_pump_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_rtp_test_SOURCES = tests/unit/media-rtp-test.c
tests_unit_media_rtp_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_pacing_test_SOURCES = tests/unit/media-pacing-test.c
tests_unit_media_pacing_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_start_test_SOURCES = tests/unit/media-start-test.c
tests_unit_media_start_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_connect_test_SOURCES = tests/unit/media-connect-test.c $(MEDIA_RIG)
tests_unit_media_connect_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_seal_test_SOURCES = tests/unit/media-seal-test.c
tests_unit_media_seal_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_jitter_test_SOURCES = tests/unit/media-jitter-test.c
tests_unit_media_jitter_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_digits_test_SOURCES = tests/unit/media-digits-test.c $(MEDIA_RIG)
tests_unit_media_digits_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_sound_test_SOURCES = tests/unit/media-sound-test.c
tests_unit_media_sound_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_callerid_test_SOURCES = tests/unit/media-callerid-test.c
tests_unit_media_callerid_test_LDADD = $(MEDIA_TEST_LIBS)
tests_unit_media_line_test_SOURCES = tests/unit/media-line-test.c $(MEDIA_RIG)
tests_unit_media_line_test_LDADD = $(MEDIA_TEST_LIBS)
