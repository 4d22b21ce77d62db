noinst_LIBRARIES += libmedia.a
libmedia_a_SOURCES =
