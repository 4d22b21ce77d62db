noinst_LIBRARIES += libisdn.a
libisdn_a_SOURCES =
include src/isdn/map.mk
include src/isdn/frame.mk
