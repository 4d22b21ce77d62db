# The real DAHDI driver in a VM: the driver alone, 24 lines in calls at once, and
# the system tests on DAHDI channels and spans, all in one boot. `make check-dahdi`
# runs them alone; of `make check-pri` is what has to do with spans.
DAHDI_TESTS = tests/dahdi/check.sh
PRI_TESTS += tests/dahdi/pri.sh tests/dahdi/pri-faults-test.py tests/dahdi/mishap.py
EXTRA_DIST += tests/dahdi/dahdi-vm tests/dahdi/in-vm.sh tests/dahdi/check.sh \
	tests/dahdi/guest.sh tests/dahdi/merge.py tests/dahdi/judge.py \
	tests/dahdi/bench.sh tests/dahdi/signals-test.py \
	tests/dahdi/faults-test.py tests/dahdi/mishap.c tests/dahdi/lay.py \
	tests/dahdi/pri.sh tests/dahdi/pri-faults-test.py \
	tests/dahdi/mishap.py
check_PROGRAMS += tests/dahdi/load
tests_dahdi_load_SOURCES = tests/dahdi/load.c \
	tests/dahdi/far_lines.c tests/dahdi/far_lines.h \
	tests/dahdi/floor.c tests/dahdi/floor.h \
	tests/dahdi/stream.c tests/dahdi/stream.h \
	tests/bench/daemon.c tests/bench/daemon.h \
	tests/bench/sip_uas.c tests/bench/sip_uas.h
tests_dahdi_load_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench \
	-I$(srcdir)/tests/dahdi
tests_dahdi_load_LDADD = libmedia.a libdrivers.a libbase.a $(SPANDSP_LIBS) \
	$(SRTP_LIBS) -lm -lpthread
# Loaded into tipringd by faults-test.py and pri-faults-test.py.
check_DATA = tests/dahdi/mishap.so
CLEANFILES += tests/dahdi/mishap.so
tests/dahdi/mishap.so: tests/dahdi/mishap.c
	@mkdir -p tests/dahdi
	$(AM_V_CC)$(CC) $(AM_CPPFLAGS) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS) -fPIC -shared \
		-o $@ $(srcdir)/tests/dahdi/mishap.c
if HAVE_CMOCKA
check_PROGRAMS += tests/dahdi/driver-test
tests_dahdi_driver_test_SOURCES = tests/dahdi/driver-test.c
tests_dahdi_driver_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS)
check_PROGRAMS += tests/dahdi/span-test
tests_dahdi_span_test_SOURCES = tests/dahdi/span-test.c
tests_dahdi_span_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS)
endif
TESTS += $(DAHDI_TESTS)
# The VM takes all processors: nothing else is tested beside it.
not_in_vm = $(patsubst tests/dahdi/%,,$(TEST_LOGS))
tests/dahdi/check.log tests/dahdi/pri.log: $(not_in_vm)

# One goal after the other: make in parallel would make libraries twice at once.
check-dahdi:
	$(MAKE) all
	rm -f tests/dahdi/*.trs
	-$(MAKE) check TESTS='$(DAHDI_TESTS)'
	$(srcdir)/build-aux/count-tests $(abs_builddir)/tests/dahdi
.PHONY: check-dahdi
# Figures, and bench-dahdi.json.
bench-dahdi:
	$(MAKE) all
	$(MAKE) tests/dahdi/load
	BUILD='$(abs_builddir)' SOURCE='$(abs_srcdir)' \
		bash $(srcdir)/tests/dahdi/bench.sh
.PHONY: bench-dahdi

distclean-local:
	rm -rf speech dahdi-vm
