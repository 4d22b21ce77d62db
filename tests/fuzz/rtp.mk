# fuzz target of rtp
check_PROGRAMS += tests/fuzz/rtp-fuzz-test
TESTS += tests/fuzz/rtp-fuzz-test
RTP_FUZZ_LIBS = libmedia.a libbase.a $(SPANDSP_LIBS) $(SRTP_LIBS) -lpthread -lm
tests_fuzz_rtp_fuzz_test_SOURCES = tests/fuzz/rtp-fuzz.c tests/fuzz/driver.c
tests_fuzz_rtp_fuzz_test_LDADD = $(RTP_FUZZ_LIBS)
if FUZZ
noinst_PROGRAMS += tests/fuzz/rtp-fuzz
tests_fuzz_rtp_fuzz_SOURCES = tests/fuzz/rtp-fuzz.c
tests_fuzz_rtp_fuzz_LDADD = $(RTP_FUZZ_LIBS)
tests_fuzz_rtp_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_rtp_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
endif
