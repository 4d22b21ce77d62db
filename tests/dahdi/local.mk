# The real DAHDI driver in a VM. `make check-dahdi` runs these alone.
EXTRA_DIST += tests/dahdi/dahdi-vm tests/dahdi/driver.sh
if HAVE_CMOCKA
check_PROGRAMS += tests/dahdi/driver-test
tests_dahdi_driver_test_SOURCES = tests/dahdi/driver-test.c
tests_dahdi_driver_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS)
DAHDI_TESTS = tests/dahdi/driver.sh
TESTS += $(DAHDI_TESTS)
endif

check-dahdi: $(check_PROGRAMS)
	$(MAKE) check TESTS='$(DAHDI_TESTS)'
.PHONY: check-dahdi
