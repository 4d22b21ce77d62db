# fuzz target of config
check_PROGRAMS += tests/fuzz/config-fuzz-test
TESTS += tests/fuzz/config-fuzz-test
tests_fuzz_config_fuzz_test_SOURCES = tests/fuzz/config-fuzz.c tests/fuzz/driver.c
tests_fuzz_config_fuzz_test_LDADD = $(CONFIG_ROOM_LIBS)
if FUZZ
noinst_PROGRAMS += tests/fuzz/config-fuzz
tests_fuzz_config_fuzz_SOURCES = tests/fuzz/config-fuzz.c
tests_fuzz_config_fuzz_CFLAGS = $(AM_CFLAGS) -fsanitize=fuzzer
tests_fuzz_config_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_config_fuzz_LDADD = $(CONFIG_ROOM_LIBS)
endif
