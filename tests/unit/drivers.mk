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

check_PROGRAMS += tests/unit/drivers-span-test
TESTS += tests/unit/drivers-span-test
tests_unit_drivers_span_test_SOURCES = tests/unit/drivers-span-test.c \
	tests/unit/drivers-pair.c tests/unit/drivers-pair.h
tests_unit_drivers_span_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS) -lpthread

played_card = tests/unit/drivers-card.c tests/unit/drivers-card.h
wrap_card = -Wl,--wrap=open -Wl,--wrap=close -Wl,--wrap=ioctl -Wl,--wrap=read \
	-Wl,--wrap=write

check_PROGRAMS += tests/unit/drivers-signals-test
TESTS += tests/unit/drivers-signals-test
tests_unit_drivers_signals_test_SOURCES = tests/unit/drivers-signals-test.c \
	$(played_card)
tests_unit_drivers_signals_test_LDFLAGS = $(AM_LDFLAGS) $(wrap_card)
tests_unit_drivers_signals_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS) -lpthread

check_PROGRAMS += tests/unit/drivers-dahdi-test
TESTS += tests/unit/drivers-dahdi-test
tests_unit_drivers_dahdi_test_SOURCES = tests/unit/drivers-dahdi-test.c $(played_card)
tests_unit_drivers_dahdi_test_LDFLAGS = $(AM_LDFLAGS) $(wrap_card)
tests_unit_drivers_dahdi_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS) -lpthread

check_PROGRAMS += tests/unit/drivers-scan-test
TESTS += tests/unit/drivers-scan-test
tests_unit_drivers_scan_test_SOURCES = tests/unit/drivers-scan-test.c
tests_unit_drivers_scan_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=fopen \
	-Wl,--wrap=access
tests_unit_drivers_scan_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS) -lpthread

check_PROGRAMS += tests/unit/drivers-ahead-test
TESTS += tests/unit/drivers-ahead-test
tests_unit_drivers_ahead_test_SOURCES = tests/unit/drivers-ahead-test.c
tests_unit_drivers_ahead_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS)
