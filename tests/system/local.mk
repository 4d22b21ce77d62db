# tests/system: the real programs against each other and against real SIP
# peers on loopback; tests/tools: what they listen with.
noinst_PROGRAMS += tests/tools/audio-match tests/tools/wav8k
noinst_HEADERS += tests/tools/fft.h tests/tools/match.h tests/tools/wav.h
tests_tools_audio_match_SOURCES = tests/tools/audio-match.c \
	tests/tools/match.c tests/tools/fft.c tests/tools/wav.c
tests_tools_audio_match_LDADD = -lm
tests_tools_wav8k_SOURCES = tests/tools/wav8k.c tests/tools/wav.c
tests_tools_wav8k_LDADD = -lm

if HAVE_CMOCKA
check_PROGRAMS += tests/tools/match-test
TESTS += tests/tools/match-test
tests_tools_match_test_SOURCES = tests/tools/match-test.c \
	tests/tools/match.c tests/tools/fft.c tests/tools/wav.c
tests_tools_match_test_LDADD = $(CMOCKA_LIBS) -lm
endif
