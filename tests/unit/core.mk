core_tests = tests/unit/core-number-test tests/unit/core-hunt-test \
	tests/unit/core-supervision-test
check_PROGRAMS += $(core_tests)
TESTS += $(core_tests)
tests_unit_core_number_test_SOURCES = tests/unit/core-number-test.c
tests_unit_core_number_test_LDADD = libcore.a libconfig.a libbase.a \
	$(LIBCONFIG_LIBS) $(TONEZONE_LIBS) $(CMOCKA_LIBS) -lm
tests_unit_core_hunt_test_SOURCES = tests/unit/core-hunt-test.c
tests_unit_core_hunt_test_LDADD = libcore.a libconfig.a libbase.a \
	$(LIBCONFIG_LIBS) $(TONEZONE_LIBS) $(CMOCKA_LIBS) -lm
tests_unit_core_supervision_test_SOURCES = tests/unit/core-supervision-test.c
tests_unit_core_supervision_test_LDADD = libcore.a libconfig.a libbase.a \
	$(LIBCONFIG_LIBS) $(TONEZONE_LIBS) $(CMOCKA_LIBS) -lm
# README's tables are the code's.
check_PROGRAMS += tests/unit/readme-test
TESTS += tests/unit/readme-test
tests_unit_readme_test_SOURCES = tests/unit/readme-test.c $(config_help)
tests_unit_readme_test_LDADD = libcore.a $(CONFIG_ROOM_LIBS) $(CMOCKA_LIBS) -lm
