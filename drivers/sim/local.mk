libdrivers_a_SOURCES += drivers/sim/sim.h \
	drivers/sim/bind.c drivers/sim/span.c \
	drivers/sim/clock.c drivers/sim/clock.h \
	drivers/sim/far.c drivers/sim/fxo.c drivers/sim/fxs.c \
	drivers/sim/near.c drivers/sim/port.c drivers/sim/port.h \
	drivers/sim/ring.h drivers/sim/scan.c \
	drivers/sim/wire.c drivers/sim/wire.h
