bin_PROGRAMS += tipring
tipring_SOURCES = src/cli/main.c src/cli/cli.h \
	src/cli/cdr.c \
	src/cli/change.c \
	src/cli/check.c \
	src/cli/client.c \
	src/cli/guard.c \
	src/cli/learned.c \
	src/cli/list.c src/cli/list.h \
	src/cli/measure.c \
	src/cli/status.c \
	src/cli/table.c src/cli/table.h \
	src/cli/text.c \
	src/cli/watch.c
tipring_CPPFLAGS = $(AM_CPPFLAGS) -DSBINDIR='"$(sbindir)"'
tipring_LDADD = $(JANSSON_LIBS)
dist_man_MANS += src/cli/tipring.1
