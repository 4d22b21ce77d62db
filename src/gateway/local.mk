sbin_PROGRAMS += tipringd
tipringd_SOURCES = src/main.c
