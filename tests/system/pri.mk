# A PBX with a primary rate span.
pri_system_tests = tests/system/pri-test.py tests/system/pri-span-test.py \
	tests/system/pri-calls-test.py
TESTS += $(pri_system_tests)
EXTRA_DIST += $(pri_system_tests) tests/system/pri_bench.py

# All of ISDN alone, also on the real DAHDI driver in the VM.
PRI_TESTS = $(pri_system_tests)
if HAVE_CMOCKA
PRI_TESTS += tests/unit/drivers-span-test tests/unit/isdn-channel-test tests/unit/isdn-span-test \
	tests/unit/isdn-map-test \
	tests/unit/isdn-frame-test tests/unit/sip-cause-test \
	tests/fuzz/q931-fuzz-test
endif
check-pri: $(check_PROGRAMS) all
	$(MAKE) check TESTS='$(PRI_TESTS)'; status=$$?; \
	$(top_srcdir)/build-aux/count-tests \
		$$(for t in $(PRI_TESTS); do echo ./$${t%.*}.trs; done) && \
	exit $$status
.PHONY: check-pri
