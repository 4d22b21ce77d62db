noinst_LIBRARIES += libops.a
libops_a_SOURCES =
