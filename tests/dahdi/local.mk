# The real DAHDI driver in a VM. `make check` proves the driver; `make
# check-dahdi` runs the system tests on DAHDI channels too, one after the other,
# for each takes both processors of a small machine. load.sh, 24 lines for a
# minute, is not green on an emulated processor yet; `make check-dahdi-load` runs
# it.
DAHDI_TESTS = tests/dahdi/calls.sh tests/dahdi/lines.sh
EXTRA_DIST += tests/dahdi/dahdi-vm tests/dahdi/in-vm.sh tests/dahdi/driver.sh \
	tests/dahdi/calls.sh tests/dahdi/lines.sh tests/dahdi/load.sh \
	tests/dahdi/bench.py tests/dahdi/bench.sh
if HAVE_CMOCKA
check_PROGRAMS += tests/dahdi/driver-test
tests_dahdi_driver_test_SOURCES = tests/dahdi/driver-test.c
tests_dahdi_driver_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS)
DAHDI_TESTS += tests/dahdi/driver.sh
TESTS += tests/dahdi/driver.sh
tests/dahdi/calls.log: tests/dahdi/driver.log
endif
tests/dahdi/lines.log: tests/dahdi/calls.log
# The VM takes all processors: nothing else is tested beside it.
not_in_vm = $(patsubst tests/dahdi/%,,$(TEST_LOGS))
tests/dahdi/driver.log: $(not_in_vm)

check-dahdi: $(check_PROGRAMS) all
	$(MAKE) check TESTS='$(DAHDI_TESTS)'
check-dahdi-load: $(check_PROGRAMS) all
	$(MAKE) check TESTS=tests/dahdi/load.sh
.PHONY: check-dahdi check-dahdi-load
# Figures, and bench-dahdi.json.
bench-dahdi: all
	BUILD='$(abs_builddir)' SOURCE='$(abs_srcdir)' \
		bash $(srcdir)/tests/dahdi/bench.sh
.PHONY: bench-dahdi

distclean-local:
	rm -rf speech
