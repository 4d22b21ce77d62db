libisdn_a_SOURCES += src/isdn/frame.c src/isdn/frame.h src/isdn/watch.c src/isdn/watch.h
