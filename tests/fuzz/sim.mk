# fuzz target of sim
check_PROGRAMS += tests/fuzz/sim-fuzz-test
TESTS += tests/fuzz/sim-fuzz-test
tests_fuzz_sim_fuzz_test_SOURCES = tests/fuzz/sim-fuzz.c tests/fuzz/driver.c
tests_fuzz_sim_fuzz_test_LDADD = libdrivers.a libbase.a -lpthread
if FUZZ
noinst_PROGRAMS += tests/fuzz/sim-fuzz
tests_fuzz_sim_fuzz_SOURCES = tests/fuzz/sim-fuzz.c
tests_fuzz_sim_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_sim_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_sim_fuzz_LDADD = libdrivers.a libbase.a -lpthread
endif
