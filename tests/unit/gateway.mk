check_PROGRAMS += tests/unit/gateway-opermode-test
TESTS += tests/unit/gateway-opermode-test
tests_unit_gateway_opermode_test_SOURCES = tests/unit/gateway-opermode-test.c \
	src/gateway/opermode.c src/gateway/setup_run.c src/gateway/setup.h
tests_unit_gateway_opermode_test_LDADD = $(CMOCKA_LIBS)
