noinst_LIBRARIES += libops.a
libops_a_SOURCES = src/ops/cdr.c src/ops/cdr.h src/ops/cdr_fields.c \
	src/ops/client.c src/ops/client.h \
	src/ops/control.c src/ops/control.h \
	src/ops/measure.c src/ops/measure.h src/ops/measure_show.c \
	src/ops/learned.c src/ops/learned.h src/ops/learned_file.c \
	src/ops/ops.c src/ops/ops.h \
	src/ops/request.c src/ops/room.h \
	src/ops/show.c src/ops/show.h src/ops/show_guard.c src/ops/show_text.c
