# fuzz target of digits
check_PROGRAMS += tests/fuzz/digits-fuzz-test
TESTS += tests/fuzz/digits-fuzz-test
DIGITS_FUZZ_LIBS = libmedia.a libbase.a $(SPANDSP_LIBS) $(SRTP_LIBS) -lpthread -lm
tests_fuzz_digits_fuzz_test_SOURCES = tests/fuzz/digits-fuzz.c tests/fuzz/driver.c
tests_fuzz_digits_fuzz_test_LDADD = $(DIGITS_FUZZ_LIBS)
if FUZZ
noinst_PROGRAMS += tests/fuzz/digits-fuzz
tests_fuzz_digits_fuzz_SOURCES = tests/fuzz/digits-fuzz.c
tests_fuzz_digits_fuzz_LDADD = $(DIGITS_FUZZ_LIBS)
tests_fuzz_digits_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_digits_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
