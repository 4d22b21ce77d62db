# unit tests of config
config_tests = tests/unit/config-man-test
check_PROGRAMS += $(config_tests)
TESTS += $(config_tests)
config_test_libs = $(CONFIG_ROOM_LIBS) $(CMOCKA_LIBS)
tests_unit_config_man_test_SOURCES = tests/unit/config-man-test.c \
	tests/unit/config-help.c tests/unit/config-help.h
tests_unit_config_man_test_LDADD = $(config_test_libs)
