# The configuration: libconfig -> schema -> struct config.
noinst_LIBRARIES += libconfig.a
libconfig_a_SOURCES = src/config/config.h src/config/loader.h \
	src/config/load.c src/config/lookup.c src/config/file.c \
	src/config/pool.c src/config/pool.h \
	src/config/syntax.c src/config/syntax.h \
	src/config/report.c src/config/suggest.c \
	src/config/schema.c src/config/schema.h src/config/schema_row.h \
	src/config/schema_trunk.c src/config/schema_line.c \
	src/config/schema_span.c src/config/check_spans.c \
	src/config/schema_route.c src/config/schema_text.c \
	src/config/schema_fraud.c src/config/hours.c \
	src/config/value.c src/config/value.h \
	src/config/value_line.c src/config/value_net.c src/config/value_call.c \
	src/config/text_check.c \
	src/config/check.c src/config/check.h src/config/check_trunks.c \
	src/config/check_account.c src/config/check_lines.c src/config/check_routes.c \
	src/config/country.c src/config/country.h src/config/country_table.c src/config/country_dial.c \
	src/config/callerid_text.c \
	src/config/cadence.c src/config/check_ring.c src/config/schema_ring.c \
	src/config/tone_parse.c
# What a program needs that reads a configuration.
CONFIG_ROOM_LIBS = libconfig.a libbase.a $(LIBCONFIG_LIBS) $(TONEZONE_LIBS)
dist_man_MANS += src/config/tipring.conf.5
