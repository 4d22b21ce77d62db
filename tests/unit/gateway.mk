check_PROGRAMS += tests/unit/gateway-options-test
TESTS += tests/unit/gateway-options-test
tests_unit_gateway_options_test_SOURCES = tests/unit/gateway-options-test.c \
	src/gateway/card_options.c src/gateway/setup_run.c src/gateway/setup.h
tests_unit_gateway_options_test_LDADD = $(CMOCKA_LIBS)
