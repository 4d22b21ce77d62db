# fuzz target of sdp
check_PROGRAMS += tests/fuzz/sdp-fuzz-test
TESTS += tests/fuzz/sdp-fuzz-test
tests_fuzz_sdp_fuzz_test_SOURCES = tests/fuzz/sdp-fuzz.c tests/fuzz/driver.c
tests_fuzz_sdp_fuzz_test_LDADD = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS)
if FUZZ
noinst_PROGRAMS += tests/fuzz/sdp-fuzz
tests_fuzz_sdp_fuzz_SOURCES = tests/fuzz/sdp-fuzz.c
tests_fuzz_sdp_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_sdp_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_sdp_fuzz_LDADD = libsip.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS)
endif
