# Call scenarios through the whole core on a fake clock; *.scn are found at run
# time, and wanted in the distribution.
check_PROGRAMS += tests/scenario/runner
TESTS += tests/scenario/runner
tests_scenario_runner_SOURCES = tests/scenario/runner.c tests/scenario/world.c \
	tests/scenario/world.h tests/scenario/command.c \
	tests/scenario/fake_media.c tests/scenario/fake_trunk.c
tests_scenario_runner_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/scenario
tests_scenario_runner_LDADD = libcore.a libconfig.a libbase.a $(LIBCONFIG_LIBS) \
	$(TONEZONE_LIBS) -lm
