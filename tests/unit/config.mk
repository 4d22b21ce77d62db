# unit tests of config
config_tests = tests/unit/config-man-test tests/unit/config-syntax-test \
	tests/unit/config-value-test tests/unit/config-check-test \
	tests/unit/config-test tests/unit/config-country-test
check_PROGRAMS += $(config_tests)
TESTS += $(config_tests)
config_test_libs = $(CONFIG_ROOM_LIBS) $(CMOCKA_LIBS)
config_help = tests/unit/config-help.c tests/unit/config-help.h
tests_unit_config_man_test_SOURCES = tests/unit/config-man-test.c $(config_help)
tests_unit_config_man_test_LDADD = $(config_test_libs)
tests_unit_config_syntax_test_SOURCES = tests/unit/config-syntax-test.c $(config_help)
tests_unit_config_syntax_test_LDADD = $(config_test_libs)
tests_unit_config_value_test_SOURCES = tests/unit/config-value-test.c $(config_help)
tests_unit_config_value_test_LDADD = $(config_test_libs)
tests_unit_config_check_test_SOURCES = tests/unit/config-check-test.c $(config_help)
tests_unit_config_check_test_LDADD = $(config_test_libs)
tests_unit_config_test_SOURCES = tests/unit/config-test.c $(config_help)
tests_unit_config_test_LDADD = $(config_test_libs)
tests_unit_config_country_test_SOURCES = tests/unit/config-country-test.c $(config_help)
tests_unit_config_country_test_LDADD = $(config_test_libs)
