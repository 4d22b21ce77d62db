noinst_LIBRARIES += libdrivers.a
libdrivers_a_SOURCES = drivers/table.c drivers/table.h
include drivers/sim/local.mk
include drivers/dahdi/local.mk
