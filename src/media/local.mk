noinst_LIBRARIES += libmedia.a
libmedia_a_SOURCES = src/media/media.h src/media/media.c \
	src/media/callerid.c src/media/callerid.h \
	src/media/callerid_rx.c src/media/callerid_tx.c \
	src/media/callerid_japan.c src/media/callerid_japan.h \
	src/media/conceal.c src/media/conceal.h \
	src/media/correlate.h \
	src/media/dialler.c src/media/dialler.h \
	src/media/digits.c src/media/digits.h \
	src/media/dot.h \
	src/media/dtmf.c src/media/dtmf.h \
	src/media/dtmf_filter.h \
	src/media/dtmf_judge.c src/media/dtmf_judge.h \
	src/media/end.c src/media/end.h \
	src/media/fax.c src/media/fax.h \
	src/media/inbox.c src/media/inbox.h \
	src/media/jitter.c src/media/jitter.h src/media/jitter_ring.h \
	src/media/law.c src/media/law.h \
	src/media/line_end.c src/media/line_end.h \
	src/media/line_open.c src/media/line_port.c \
	src/media/line_trouble.c \
	src/media/line_waiting.c src/media/line_waiting.h \
	src/media/listen.c src/media/listen.h \
	src/media/osc.c src/media/osc.h \
	src/media/player.c src/media/player.h \
	src/media/fourier.c src/media/fourier.h \
	src/media/probe.c src/media/probe.h src/media/probe_echo.c \
	src/media/probe_listen.c \
	src/media/progress.c src/media/progress.h \
	src/media/pump.c src/media/pump.h \
	src/media/rfc4733.c src/media/rfc4733.h \
	src/media/room.h src/media/room_ops.c \
	src/media/rtcp.c src/media/rtcp.h \
	src/media/rtp.c src/media/rtp.h \
	src/media/rtp_connect.c \
	src/media/rtp_end.c src/media/rtp_end.h \
	src/media/rtp_open.c src/media/rtp_receive.c \
	src/media/rtp_seal.c src/media/rtp_send.c \
	src/media/seal.c src/media/seal.h \
	src/media/slipring.c src/media/slipring.h \
	src/media/pacing.c src/media/pacing.h \
	src/media/spectrum.h \
	src/media/watch.c
# Their loops want the vector instructions that -O2 does without; a -O3 here would
# stand before the -O2 of CFLAGS and lose.
noinst_LIBRARIES += libloops.a
libloops_a_SOURCES = src/media/correlate.c src/media/dtmf_filter.c \
	src/media/jitter_ring.c src/media/spectrum.c
libloops_a_CFLAGS = $(HOUSE_CFLAGS) -ftree-vectorize -fvect-cost-model=dynamic
include src/media/echo.mk
