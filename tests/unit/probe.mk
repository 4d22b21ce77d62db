# what is measured of a line
check_PROGRAMS += tests/unit/media-probe-test
TESTS += tests/unit/media-probe-test
tests_unit_media_probe_test_SOURCES = tests/unit/media-probe-test.c \
	tests/bench/echo_lab.c tests/bench/echo_lab.h
tests_unit_media_probe_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench
tests_unit_media_probe_test_LDADD = libmedia.a libbase.a $(SPANDSP_LIBS) \
	$(SRTP_LIBS) $(CMOCKA_LIBS) -lpthread -lm
check_PROGRAMS += tests/unit/media-line-probe-test
TESTS += tests/unit/media-line-probe-test
tests_unit_media_line_probe_test_SOURCES = tests/unit/media-line-probe-test.c $(MEDIA_RIG)
tests_unit_media_line_probe_test_LDADD = $(MEDIA_TEST_LIBS)
