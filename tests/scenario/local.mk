# Call scenarios through the whole core on a fake clock, and events in no
# sensible order.
scenario_world = tests/scenario/world.c tests/scenario/world.h \
	tests/scenario/command.c tests/scenario/fake_media.c \
	tests/scenario/fake_measure.c \
	tests/scenario/fake_trunk.c
scenario_libs = libcore.a libconfig.a libbase.a $(LIBCONFIG_LIBS) $(TONEZONE_LIBS) -lm
check_PROGRAMS += tests/scenario/runner tests/scenario/monkey
TESTS += tests/scenario/runner tests/scenario/monkey
tests_scenario_runner_SOURCES = tests/scenario/runner.c $(scenario_world)
tests_scenario_runner_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/scenario
tests_scenario_runner_LDADD = $(scenario_libs)
tests_scenario_monkey_SOURCES = tests/scenario/monkey.c $(scenario_world)
tests_scenario_monkey_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/scenario
tests_scenario_monkey_LDADD = $(scenario_libs)
EXTRA_DIST += tests/scenario/README
dist-hook: dist-scenarios
dist-scenarios:
	cp $(srcdir)/tests/scenario/*.scn $(srcdir)/tests/scenario/*.golden \
		$(distdir)/tests/scenario/
.PHONY: dist-scenarios
