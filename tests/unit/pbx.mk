check_PROGRAMS += tests/unit/pbx-test
TESTS += tests/unit/pbx-test
tests_unit_pbx_test_SOURCES = tests/unit/pbx-test.c \
	src/pbx/callerid.c src/pbx/hear.c src/pbx/model.c src/pbx/plan.c \
	src/pbx/source.c src/pbx/spectrum.c src/pbx/wav.c
tests_unit_pbx_test_LDADD = libconfig.a libbase.a $(CMOCKA_LIBS) \
	$(SPANDSP_LIBS) $(TONEZONE_LIBS) $(LIBCONFIG_LIBS) -lpthread -lm

check_PROGRAMS += tests/unit/pbx-program-test
TESTS += tests/unit/pbx-program-test
tests_unit_pbx_program_test_SOURCES = tests/unit/pbx-program-test.c \
	tests/unit/pbx-gateway.c tests/unit/pbx-gateway.h \
	src/pbx/callerid.c src/pbx/wav.c
EXTRA_tests_unit_pbx_program_test_DEPENDENCIES = tipring-pbx$(EXEEXT)
tests_unit_pbx_program_test_LDADD = libdrivers.a libbase.a $(CMOCKA_LIBS) \
	$(SPANDSP_LIBS) -lpthread -lm
