check_PROGRAMS += tests/unit/base-test
TESTS += tests/unit/base-test
tests_unit_base_test_SOURCES = tests/unit/base-test.c
tests_unit_base_test_LDADD = libbase.a $(CMOCKA_LIBS) -lpthread

check_PROGRAMS += tests/unit/base-e164-test
TESTS += tests/unit/base-e164-test
tests_unit_base_e164_test_SOURCES = tests/unit/base-e164-test.c
tests_unit_base_e164_test_LDADD = libbase.a $(CMOCKA_LIBS) -lpthread

check_PROGRAMS += tests/unit/base-turn-test
TESTS += tests/unit/base-turn-test
tests_unit_base_turn_test_SOURCES = tests/unit/base-turn-test.c
tests_unit_base_turn_test_LDADD = libbase.a $(CMOCKA_LIBS)
