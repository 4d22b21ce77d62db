sbin_PROGRAMS += tipringd
tipringd_SOURCES = src/main.c \
	src/gateway/check.c \
	src/gateway/gateway.c src/gateway/gateway.h \
	src/gateway/notify.c \
	src/gateway/card_options.c \
	src/gateway/ports.c \
	src/gateway/process.c src/gateway/process.h \
	src/gateway/reload.c src/gateway/room.h \
	src/gateway/scan.c \
	src/gateway/setup.c src/gateway/setup.h src/gateway/setup_run.c \
	src/gateway/shutdown.c \
	src/gateway/fraud_state.c src/gateway/source.c
tipringd_LDFLAGS = $(AM_LDFLAGS) $(guard_ldflags)
tipringd_LDADD = libsip.a libisdn.a libmedia.a libdrivers.a libops.a libcore.a \
	libconfig.a libbase.a $(SOFIA_LIBS) $(OPENSSL_LIBS) $(SPANDSP_LIBS) $(SRTP_LIBS) $(LIBCONFIG_LIBS) \
	$(PRI_LIBS) $(TONEZONE_LIBS) $(JANSSON_LIBS) $(SYSTEMD_LIBS) -lm -lpthread
dist_man_MANS += src/gateway/tipringd.8
