noinst_LIBRARIES += libisdn.a
libisdn_a_SOURCES = src/isdn/isdn.c src/isdn/isdn.h src/isdn/room.h \
	src/isdn/link.c src/isdn/span.c src/isdn/channel.c \
	src/isdn/channel_state.c src/isdn/channel_state.h \
	src/isdn/span_state.c src/isdn/span_state.h \
	src/isdn/leg.c src/isdn/leg_channel.c src/isdn/leg_event.c \
	src/isdn/leg_hold.c src/isdn/overlap.c
include src/isdn/map.mk
include src/isdn/frame.mk
