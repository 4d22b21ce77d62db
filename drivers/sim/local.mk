libdrivers_a_SOURCES += drivers/sim/sim.h
