# the DTMF receiver
check_PROGRAMS += tests/unit/media-q24-test
TESTS += tests/unit/media-q24-test
tests_unit_media_q24_test_SOURCES = tests/unit/media-q24-test.c $(MEDIA_RIG)
tests_unit_media_q24_test_LDADD = $(MEDIA_TEST_LIBS)
