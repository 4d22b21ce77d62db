bin_PROGRAMS += tipring-pbx
dist_man_MANS += src/pbx/tipring-pbx.1
tipring_pbx_SOURCES = src/pbx/main.c \
	src/pbx/callerid.c src/pbx/callerid.h \
	src/pbx/client.c src/pbx/client.h \
	src/pbx/command.c src/pbx/command.h \
	src/pbx/command_sound.c src/pbx/command_wait.c \
	src/pbx/control.c src/pbx/exchange.c \
	src/pbx/expect.c src/pbx/expect.h \
	src/pbx/hear.c src/pbx/hear.h \
	src/pbx/line.c src/pbx/line.h src/pbx/line_audio.c \
	src/pbx/model.c src/pbx/model.h \
	src/pbx/options.c src/pbx/options.h \
	src/pbx/pbx.c src/pbx/pbx.h src/pbx/phone.c \
	src/pbx/plan.c src/pbx/plan.h \
	src/pbx/source.c src/pbx/source.h \
	src/pbx/command_span.c src/pbx/span.c src/pbx/span.h \
	src/pbx/span_call.c src/pbx/span_hold.c src/pbx/span_room.h \
	src/pbx/spectrum.c src/pbx/spectrum.h \
	src/pbx/speech.c src/pbx/speech.h \
	src/pbx/waiting.c src/pbx/waiting.h \
	src/pbx/wav.c src/pbx/wav.h
tipring_pbx_LDADD = libdrivers.a libconfig.a libbase.a $(SPANDSP_LIBS) $(PRI_LIBS) \
	$(TONEZONE_LIBS) $(LIBCONFIG_LIBS) -lpthread -lm
