# unit tests of the echo canceller
check_PROGRAMS += tests/unit/echo-test
TESTS += tests/unit/echo-test
tests_unit_echo_test_SOURCES = tests/unit/echo-test.c \
	tests/bench/echo_lab.c tests/bench/echo_lab.h
tests_unit_echo_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench
tests_unit_echo_test_LDADD = libecho.a $(SPANDSP_LIBS) $(CMOCKA_LIBS) -lm
