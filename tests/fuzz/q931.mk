# fuzz target of the D channel
check_PROGRAMS += tests/fuzz/q931-fuzz-test
TESTS += tests/fuzz/q931-fuzz-test
tests_fuzz_q931_fuzz_test_SOURCES = tests/fuzz/q931-fuzz.c tests/fuzz/driver.c
tests_fuzz_q931_fuzz_test_LDADD = libisdn.a libbase.a $(PRI_LIBS)
if FUZZ
noinst_PROGRAMS += tests/fuzz/q931-fuzz
tests_fuzz_q931_fuzz_SOURCES = tests/fuzz/q931-fuzz.c
tests_fuzz_q931_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_q931_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_q931_fuzz_LDADD = libisdn.a libbase.a $(PRI_LIBS)
endif
