check_PROGRAMS += tests/unit/drivers-sim-test
TESTS += tests/unit/drivers-sim-test
tests_unit_drivers_sim_test_SOURCES = tests/unit/drivers-sim-test.c \
	tests/unit/drivers-pair.c tests/unit/drivers-pair.h
tests_unit_drivers_sim_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS) -lpthread

check_PROGRAMS += tests/unit/drivers-heal-test
TESTS += tests/unit/drivers-heal-test
tests_unit_drivers_heal_test_SOURCES = tests/unit/drivers-heal-test.c \
	tests/unit/drivers-pair.c tests/unit/drivers-pair.h
tests_unit_drivers_heal_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS) -lpthread
