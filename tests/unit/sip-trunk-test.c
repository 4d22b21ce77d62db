/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Registration, probing, reload and the end. The peer is a socket whose
 * datagrams the test reads and writes. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "sip-registrar.h"

/* --------------------------------------------------------------- registration */

static void test_registers(void **state)
{
	struct trunk_status s;
	char call_id[128];
	const char *m;
	long first;

	init_registering();
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER sip:example.test SIP/2.0", 2000);
	assert_non_null(strstr(header_of(m, "Contact"), "<sip:acme-user@127.0.0.1:"));
	assert_string_equal(header_of(m, "Expires"), "60");
	assert_string_equal(header_of(m, "Authorization"), "");
	assert_non_null(strstr(header_of(m, "To"), "<sip:acme-user@example.test>"));
	snprintf(call_id, sizeof(call_id), "%s", header_of(m, "Call-ID"));
	first = atol(header_of(m, "CSeq"));
	assert_false(fixture_logged("acme up"));
	challenge(m, "n1", "");
	m = expect_request("REGISTER", 2000);
	assert_string_equal(header_of(m, "Call-ID"), call_id);
	assert_true(atol(header_of(m, "CSeq")) > first);
	check_digest(header_of(m, "Authorization"), "REGISTER", "n1", "00000001");
	/* Too brief: the library asks again with what is wanted. */
	peer_answer(&f, fd, m, "423 Interval Too Brief", "Min-Expires: 90\n");
	m = expect_request("REGISTER", 2000);
	assert_string_equal(header_of(m, "Expires"), "90");
	grant(m, 2);
	expect_logged("acme up", 1000);
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_string_equal(s.registration, "registered");
	assert_true(s.up && s.expires_s == 2 && s.next_s <= 2);
	fixture_clear();
	/* Refreshed in time, with the nonce that is known; a stale one is
	 * replaced without a new question to anybody. */
	m = expect_request("REGISTER", 2000);
	assert_string_equal(header_of(m, "Call-ID"), call_id);
	check_digest(header_of(m, "Authorization"), "REGISTER", "n1", "00000003");
	challenge(m, "n2", ", stale=true");
	m = expect_request("REGISTER", 2000);
	check_digest(header_of(m, "Authorization"), "REGISTER", "n2", "00000001");
	grant(m, 3600);
	fixture_run(&f, 50);
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_int_equal(s.expires_s, 3600);
	assert_true(s.next_s >= 1800 && s.next_s <= 3240);
	assert_false(fixture_logged("acme down"));
	stop();
}

static void ended(void *arg)
{
	f.done = true;
	loop_stop(arg);
}

static void test_unregisters(void **state)
{
	const char *m;

	init_registering();
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	grant(m, 3600);
	expect_logged("acme up", 1000);
	agent_shutdown(f.agent, ended, f.loop);
	m = expect_request("REGISTER", 1000);
	assert_string_equal(header_of(m, "Expires"), "0");
	assert_false(f.done);
	peer_answer(&f, fd, m, "200 OK", "");
	for (int i = 0; i < 100 && !f.done; i++)
		fixture_run(&f, 20);
	assert_true(f.done);
	stop();
}

/* The box has another address: no waiting for the next refresh. */
static void test_renews(void **state)
{
	const char *m;

	init_registering();
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	assert_string_equal(header_of(m, "Supported"), "path");
	grant(m, 3600);
	expect_logged("acme up", 1000);
	agent_renew(f.agent);
	m = expect_request("REGISTER", 1000);
	assert_string_equal(header_of(m, "Expires"), "60");
	grant(m, 3600);
	fixture_run(&f, 50);
	assert_true(fixture_trunk("acme")->up);
	/* And none of the two is repeated, or follows too soon. */
	assert_string_equal(peer_receive(&f, fd, 300), "");
	stop();
}

/* RFC 6140 section 5.2. */
static void test_bulk_numbers(void **state)
{
	struct trunk_status s;
	char want[96];
	const char *m;

	init_registering();
	f.trunk[0].gin = true;
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	snprintf(want, sizeof(want), "<sip:127.0.0.1:%u;bnc>", f.port);
	assert_string_equal(header_of(m, "Contact"), want);
	assert_string_equal(header_of(m, "Require"), "gin");
	assert_string_equal(header_of(m, "Proxy-Require"), "gin");
	grant(m, 1234);
	expect_logged("acme up", 1000);
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_int_equal(s.expires_s, 1234);
	stop();
}

static void test_retry_after(void **state)
{
	struct trunk_status s;
	const char *m;

	init_registering();
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	peer_answer(&f, fd, m, "503 Service Unavailable", "Retry-After: 120\n");
	fixture_run(&f, 100);
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_string_equal(s.registration, "waiting");
	assert_true(s.next_s >= 120 && s.next_s <= 121);
	assert_non_null(strstr(fixture_trunk("acme")->why_down, "503"));
	stop();
}

static void test_line_account(void **state)
{
	struct trunk_status s;
	const char *m;

	init();
	f.line.user = "line-user";
	f.line.registers = true;
	f.line.secret_file = write_file("line", "other\n", 0600);
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	assert_non_null(strstr(header_of(m, "To"), "line-user@example.test"));
	grant(m, 600);
	fixture_run(&f, 50);
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_true(s.line_accounts == 1 && s.registered_lines == 1 && s.up);
	assert_string_equal(s.registration, "");
	/* A call to the account is a call to the line, whatever To says. */
	peer_send(&f, fd, f.peer,
		  "INVITE sip:line-user@127.0.0.1:@AGENT@ SIP/2.0\n"
		  "Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bKl1\n"
		  "From: <sip:2125550100@example.test>;tag=1\n"
		  "To: <sip:line-user@example.test>\nCall-ID: l1\nCSeq: 1 INVITE\n"
		  "Contact: <sip:x@127.0.0.1:@PORT@>\nContent-Length: 0\n\n");
	expect_logged("incoming acme +15551230001 from 2125550100", 1000);
	stop();
}

static void test_secret_files(void **state)
{
	init();
	f.trunk[0].user = "u";
	f.trunk[0].secret_file = write_file("open", "x\n", 0644);
	assert_false(fixture_start(&f));
	assert_true(fixture_logged("chmod 0600"));
	stop();
	init();
	f.trunk[0].secret_file = "/nonexistent/secret";
	assert_false(fixture_start(&f));
	assert_true(fixture_logged("/nonexistent/secret: No such file"));
	stop();
	init();
	f.trunk[0].secret_file = write_file("empty", "\n", 0600);
	assert_false(fixture_start(&f));
	assert_true(fixture_logged("first line is empty"));
	stop();
}

static void test_port_in_use(void **state)
{
	int taken;

	init();
	taken = peer_open(&f.port);
	assert_false(fixture_start(&f));
	assert_true(fixture_logged("cannot listen on udp 127.0.0.1:"));
	assert_true(fixture_logged("another SIP program uses this port"));
	close(taken);
	stop();
}

/* -------------------------------------------------------------------- targets */

static void test_probed(void **state)
{
	struct trunk_status s;
	const char *m;

	init();
	f.trunk[0].options_s = 1;
	assert_true(fixture_start(&f));
	m = expect_request("OPTIONS", 2000);
	assert_false(fixture_logged("acme up"));
	peer_answer(&f, fd, m, "404 Not Found", "");	/* it lives */
	expect_logged("acme up", 1000);
	m = expect_request("OPTIONS", 2000);
	peer_answer(&f, fd, m, "503 Service Unavailable", "");
	expect_logged("acme down 127.0.0.1:", 1000);
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_string_equal(s.target, "silent");
	assert_true(s.next_s == -1);
	stop();
}

static void test_name(void **state)
{
	init();
	f.trunk[0].server = "localhost";
	assert_true(fixture_start(&f));
	expect_logged("acme up", 2000);
	stop();
	init();
	f.trunk[0].server = "no-such-host.invalid";
	assert_true(fixture_start(&f));
	fixture_run(&f, 100);
	assert_int_equal(fixture_call(&f, "900", NULL), -EHOSTUNREACH);
	stop();
}

/* ----------------------------------------------------------------- reload, end */

static void test_reload(void **state)
{
	struct config second;
	struct config_trunk trunks[2];
	char why[256] = "", invite[4096];

	init();
	assert_true(fixture_start(&f));
	expect_logged("acme up", 1000);
	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	snprintf(invite, sizeof(invite), "%s", expect_request("INVITE", 1000));
	peer_answer(&f, fd, invite, "180 Ringing", "");
	expect_logged("alerting", 1000);

	/* A limit and a new trunk: acme stays as it is. */
	second = f.conf;
	memcpy(trunks, f.trunk, sizeof(trunks));
	second.trunks = trunks;
	second.trunk_count = 2;
	trunks[0].limit.max = 3;
	trunks[1] = trunks[0];
	trunks[1].name = "other";
	assert_int_equal(agent_reload(f.agent, &second, why, sizeof(why)), 0);
	expect_logged("other up", 1000);
	assert_false(fixture_logged("trunk acme removed"));
	assert_int_equal(fixture_trunk("acme")->limit.max, 3);

	/* What cannot be is refused as a whole. */
	f.conf.trunks[0].accept_from = (const char *[]){ "not an address" };
	f.conf.trunks[0].accept_from_count = 1;
	assert_int_equal(agent_reload(f.agent, &f.conf, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "test.conf:1: trunk \"acme\": accept_from"));
	assert_non_null(fixture_trunk("other"));

	/* Gone: no more calls, and it leaves with the last one. */
	f.conf.trunk_count = 0;
	assert_int_equal(agent_reload(f.agent, &f.conf, why, sizeof(why)), 0);
	assert_null(fixture_trunk("acme"));
	expect_logged("trunk other removed", 1000);
	assert_false(fixture_logged("trunk acme removed"));
	fixture_run(&f, 100);
	assert_false(fixture_logged("trunk acme removed"));
	peer_answer(&f, fd, invite, "486 Busy Here", "");
	expect_logged("released 17", 1000);
	expect_logged("trunk acme removed", 1000);
	stop();
}

static void test_shutdown_with_silent_peer(void **state)
{
	uint64_t start;

	init_registering();
	f.conf.timers[TIMER_SHUTDOWN] = 1000;
	assert_true(fixture_start(&f));
	grant(expect_request("REGISTER", 2000), 3600);
	expect_logged("acme up", 1000);
	start = clock_ms();
	agent_shutdown(f.agent, ended, f.loop);
	for (int i = 0; i < 300 && !f.done; i++)
		fixture_run(&f, 10);
	assert_true(f.done);
	assert_true(clock_ms() - start < 1500);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_unregisters),
		cmocka_unit_test(test_renews),
		cmocka_unit_test(test_bulk_numbers),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_line_account),
		cmocka_unit_test(test_secret_files),
		cmocka_unit_test(test_port_in_use),
		cmocka_unit_test(test_probed),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_shutdown_with_silent_peer),
	};

	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
