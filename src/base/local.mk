noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = src/base/list.h src/base/cause_text.c src/base/method_text.c \
	src/base/digit_map.c src/base/digit_map.h \
	src/base/e164.c src/base/e164.h \
	src/base/fsm.c src/base/fsm.h \
	src/base/log.c src/base/log.h \
	src/base/loop.h src/base/loop_epoll.c \
	src/base/mailbox.c src/base/mailbox.h \
	src/base/timer.c src/base/timer.h src/base/timer_table.c \
	src/base/turn.c src/base/turn.h
