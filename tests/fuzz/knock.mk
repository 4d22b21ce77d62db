# fuzz target of what strangers send
check_PROGRAMS += tests/fuzz/knock-fuzz-test
TESTS += tests/fuzz/knock-fuzz-test
tests_fuzz_knock_fuzz_test_SOURCES = tests/fuzz/knock-fuzz.c tests/fuzz/driver.c
tests_fuzz_knock_fuzz_test_LDADD = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS)
if FUZZ
noinst_PROGRAMS += tests/fuzz/knock-fuzz
tests_fuzz_knock_fuzz_SOURCES = tests/fuzz/knock-fuzz.c
tests_fuzz_knock_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_knock_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_knock_fuzz_LDADD = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS)
endif
