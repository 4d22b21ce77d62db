noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = src/core/box.c src/core/box.h \
	src/core/call.c src/core/call.h src/core/call_hand_over.c src/core/call_hold.c \
	src/core/call_path.c src/core/call_redirect.c \
	src/core/call_refer.c src/core/call_target.c \
	src/core/call_transfer.c src/core/line_second.c \
	src/core/dial.c src/core/dial.h \
	src/core/emergency.c src/core/emergency.h \
	src/core/fraud.c src/core/fraud.h src/core/fraud_room.h \
	src/core/fraud_memory.c src/core/fraud_meter.c src/core/fraud_number.c \
	src/core/group.c src/core/group.h src/core/info.c \
	src/core/learn.c src/core/learn.h src/core/learn_ear.c \
	src/core/leg.c src/core/limit.c src/core/limit.h src/core/messages.c \
	src/core/line_fxo_measure.c src/core/line_fxs_measure.c \
	src/core/measure.c src/core/measure.h \
	src/core/line.c src/core/line.h src/core/line_leg.c \
	src/core/line_fxs.c src/core/line_fxs.h src/core/line_fxs_called.c \
	src/core/line_fxs_hand.c src/core/line_fxs_announced.c src/core/line_fxo_announced.c \
	src/core/line_fxo.c src/core/line_fxo.h src/core/line_fxo_hear.c src/core/line_fxo_learn.c \
	src/core/line_fxo_in.c src/core/line_fxo_out.c \
	src/core/near.h src/core/number.c src/core/number.h \
	src/core/reload.c src/core/reload.h \
	src/core/route.c src/core/route.h \
	src/core/supervision.c src/core/supervision.h src/core/times.h
