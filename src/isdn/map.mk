libisdn_a_SOURCES += src/isdn/map.h src/isdn/map_call.c src/isdn/map_name.c \
	src/isdn/map_party.c
