# fuzz target of stun
check_PROGRAMS += tests/fuzz/stun-fuzz-test
TESTS += tests/fuzz/stun-fuzz-test
tests_fuzz_stun_fuzz_test_SOURCES = tests/fuzz/stun-fuzz.c tests/fuzz/driver.c
tests_fuzz_stun_fuzz_test_LDADD = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS)
if FUZZ
noinst_PROGRAMS += tests/fuzz/stun-fuzz
tests_fuzz_stun_fuzz_SOURCES = tests/fuzz/stun-fuzz.c
tests_fuzz_stun_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_stun_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_stun_fuzz_LDADD = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS)
endif
