# unit tests of the echo canceller
echo_tests = tests/unit/echo-test tests/unit/echo-edge-test \
	tests/unit/echo-tone-test tests/unit/echo-nlp-test
check_PROGRAMS += $(echo_tests)
TESTS += $(echo_tests)
echo_test_cppflags = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench
echo_test_libs = libecho.a $(SPANDSP_LIBS) $(CMOCKA_LIBS) -lm
tests_unit_echo_test_SOURCES = tests/unit/echo-test.c tests/unit/echo-test.h \
	tests/bench/echo_lab.c tests/bench/echo_lab.h
tests_unit_echo_test_CPPFLAGS = $(echo_test_cppflags)
tests_unit_echo_test_LDADD = $(echo_test_libs)
tests_unit_echo_edge_test_SOURCES = tests/unit/echo-edge-test.c \
	tests/unit/echo-test.h tests/bench/echo_lab.c tests/bench/echo_lab.h
tests_unit_echo_edge_test_CPPFLAGS = $(echo_test_cppflags)
tests_unit_echo_edge_test_LDADD = $(echo_test_libs)
tests_unit_echo_tone_test_SOURCES = tests/unit/echo-tone-test.c \
	tests/unit/echo-test.h tests/bench/echo_lab.c tests/bench/echo_lab.h
tests_unit_echo_tone_test_CPPFLAGS = $(echo_test_cppflags)
tests_unit_echo_tone_test_LDADD = $(echo_test_libs)
tests_unit_echo_nlp_test_SOURCES = tests/unit/echo-nlp-test.c \
	tests/unit/echo-test.h tests/bench/echo_lab.c tests/bench/echo_lab.h
tests_unit_echo_nlp_test_CPPFLAGS = $(echo_test_cppflags)
tests_unit_echo_nlp_test_LDADD = $(echo_test_libs)
