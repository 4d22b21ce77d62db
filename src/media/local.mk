noinst_LIBRARIES += libmedia.a
libmedia_a_SOURCES = src/media/media.h
include src/media/echo.mk
