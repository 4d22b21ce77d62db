# Benchmarks: built and run by `make bench` only.
EXTRA_PROGRAMS = tests/bench/bench-echo

BENCH_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/bench

tests_bench_bench_echo_SOURCES = tests/bench/bench_echo.c \
	tests/bench/bare.c tests/bench/bare.h \
	tests/bench/echo_lab.c tests/bench/echo_lab.h \
	tests/bench/echo_peers.c tests/bench/echo_peers.h
tests_bench_bench_echo_CPPFLAGS = $(BENCH_CPPFLAGS) $(SPEEXDSP_CFLAGS)
tests_bench_bench_echo_LDADD = libecho.a $(SPANDSP_LIBS) $(SPEEXDSP_LIBS) -lm

EXTRA_PROGRAMS += tests/bench/bench-floor
far_sources = tests/bench/far.c tests/bench/far.h \
	tests/bench/echo_lab.c tests/bench/echo_lab.h
far_libs = libmedia.a libdrivers.a libbase.a $(SPANDSP_LIBS) $(SRTP_LIBS) -lm -lpthread
tests_bench_bench_floor_SOURCES = tests/bench/bench_floor.c $(far_sources) \
	tests/bench/bare.c tests/bench/bare.h
tests_bench_bench_floor_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_floor_LDADD = $(far_libs)

EXTRA_PROGRAMS += tests/bench/bench-calls
tests_bench_bench_calls_SOURCES = tests/bench/bench_calls.c $(far_sources) \
	tests/bench/daemon.c tests/bench/daemon.h \
	tests/bench/sip_uas.c tests/bench/sip_uas.h
tests_bench_bench_calls_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_calls_LDADD = $(far_libs)

EXTRA_PROGRAMS += tests/bench/bench-digits
tests_bench_bench_digits_SOURCES = tests/bench/bench_digits.c \
	tests/bench/echo_lab.c tests/bench/echo_lab.h
tests_bench_bench_digits_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_digits_LDADD = $(far_libs)

EXTRA_PROGRAMS += tests/bench/bench-srtp
tests_bench_bench_srtp_SOURCES = tests/bench/bench_srtp.c
tests_bench_bench_srtp_LDADD = $(far_libs)

EXTRA_DIST += tests/bench/bench.py
CLEANFILES += bench.json $(EXTRA_PROGRAMS)

# BENCH="--runs 1 --seconds 5" for a quick look.
bench: $(EXTRA_PROGRAMS) tipringd
	python3 $(srcdir)/tests/bench/bench.py --build . $(BENCH)
