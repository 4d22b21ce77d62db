libdrivers_a_SOURCES += drivers/dahdi/ahead.c drivers/dahdi/ahead.h
libdrivers_a_SOURCES += drivers/dahdi/audio.c drivers/dahdi/card.c drivers/dahdi/control.c \
	drivers/dahdi/dahdi.h drivers/dahdi/event.c drivers/dahdi/open.c \
	drivers/dahdi/port.h drivers/dahdi/scan.c drivers/dahdi/state.c \
	drivers/dahdi/span.c drivers/dahdi/wctdm.h \
	drivers/dahdi/why.c
