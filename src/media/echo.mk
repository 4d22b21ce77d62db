# The echo canceller is a library of its own: it needs nothing of the room, and
# the tests and the bench link it alone. Its vector loops choose their processor
# at run time (echo_avx2.c), so no flag here depends on the machine.
noinst_LIBRARIES += libecho.a
libecho_a_SOURCES = src/media/echo.c src/media/echo.h src/media/echo_state.h \
	src/media/echo_adapt.c src/media/echo_judge.c src/media/echo_nlp.c \
	src/media/echo_tone.c \
	src/media/echo_spandsp.c src/media/echo_spandsp.h \
	src/media/echo_kernel.c src/media/echo_kernel.h src/media/echo_loops.h \
	src/media/echo_avx2.c
libecho_a_CFLAGS = $(HOUSE_CFLAGS) $(SPANDSP_CFLAGS) $(ECHO_CFLAGS)
ECHO_CFLAGS = -O2 -Wno-psabi
# One library to link for everybody else.
libmedia_a_LIBADD = $(libecho_a_OBJECTS) $(libloops_a_OBJECTS)
