# Benchmarks: built and run by `make bench` only.
EXTRA_PROGRAMS = tests/bench/bench-echo

BENCH_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench

tests_bench_bench_echo_SOURCES = tests/bench/bench_echo.c \
	tests/bench/bare.c tests/bench/bare.h \
	tests/bench/echo_lab.c tests/bench/echo_lab.h \
	tests/bench/echo_peers.c tests/bench/echo_peers.h
tests_bench_bench_echo_CPPFLAGS = $(BENCH_CPPFLAGS) $(SPEEXDSP_CFLAGS)
tests_bench_bench_echo_LDADD = libecho.a $(SPANDSP_LIBS) $(SPEEXDSP_LIBS) -lm
