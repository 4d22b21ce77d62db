# unit tests of ops and of the operator's command
ops_tests = tests/unit/ops-control-test tests/unit/ops-cdr-test \
	tests/unit/ops-request-test tests/unit/cli-test tests/unit/learn-test
check_PROGRAMS += $(ops_tests)
TESTS += $(ops_tests)
ops_test_libs = libops.a libcore.a libbase.a $(JANSSON_LIBS) $(SYSTEMD_LIBS) $(CMOCKA_LIBS) \
	-lpthread
tests_unit_ops_control_test_SOURCES = tests/unit/ops-control-test.c
tests_unit_ops_control_test_LDADD = $(ops_test_libs)
tests_unit_ops_cdr_test_SOURCES = tests/unit/ops-cdr-test.c
tests_unit_ops_cdr_test_LDADD = $(ops_test_libs)
tests_unit_ops_request_test_SOURCES = tests/unit/ops-request-test.c
tests_unit_ops_request_test_LDADD = $(ops_test_libs)
tests_unit_learn_test_SOURCES = tests/unit/learn-test.c
tests_unit_learn_test_LDADD = libops.a libcore.a $(CONFIG_ROOM_LIBS) \
	$(JANSSON_LIBS) $(SYSTEMD_LIBS) $(CMOCKA_LIBS) -lpthread -lm
tests_unit_cli_test_SOURCES = tests/unit/cli-test.c src/cli/table.c
tests_unit_cli_test_LDADD = $(CMOCKA_LIBS)
