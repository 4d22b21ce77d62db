/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Calls through the SIP room, with real sipp processes as the provider. */
#define _GNU_SOURCE
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip-fixture.h"

static struct fixture f;

static void start(void)
{
	fixture_init(&f);
	assert_true(fixture_start(&f));
	assert_true(fixture_wait(&f, "acme up", 2000));
}

static void stop(void)
{
	fixture_stop(&f);
	assert_int_equal(media_ends, 0);
}

static void expect(const char *text)
{
	if (!fixture_logged(text)) {
		fixture_print();
		fail_msg("\"%s\" did not happen", text);
	}
}

/* One call that sipp makes. */
static void incoming(const char *scenario, const char *called, const char *transport)
{
	struct sipp s;

	sipp_start(&f, &s, scenario, called, transport, NULL, NULL);
	assert_true(sipp_result(&f, &s));
}

static void test_answered(void **state)
{
	start();
	incoming("in-answer", "600", "u1");
	expect("incoming acme 600 from +15550001111 Test allowed");
	expect("rtp 127.0.0.1:6000 pcmu/0 event 101 20 ms send receive dead 30");
	expect("released 16 far the far end hung up");
	stop();
}

static void test_answered_tcp(void **state)
{
	start();
	incoming("in-answer", "+15551230001", "t1");
	expect("incoming acme +15551230001 from");
	stop();
}

/* A trunk that speaks TCP: our call goes out so. */
static void test_trunk_tcp(void **state)
{
	struct sipp s;

	fixture_init(&f);
	f.trunk[0].transport = TRANSPORT_TCP;
	assert_true(fixture_start(&f));
	assert_true(fixture_wait(&f, "acme up", 2000));
	sipp_start(&f, &s, "out-answer", NULL, "t1", NULL, NULL);
	assert_int_equal(fixture_call(&f, "+15557654321", NULL), 0);
	assert_true(sipp_result(&f, &s));
	expect("answered 1 100");
	expect("released 31 far");
	stop();
}

static void test_early_media(void **state)
{
	start();
	incoming("in-early", "601", "u1");
	expect("dead 0");	/* silence is no fault before the answer */
	expect("dead 30");
	stop();
}

static void test_cancelled(void **state)
{
	start();
	incoming("in-cancel", "602", "u1");
	expect("released 31 far the far end cancelled");
	stop();
}

static void test_released(void **state)
{
	start();
	incoming("in-released", "603", "u1");
	assert_false(fixture_logged("released"));
	stop();
}

static void test_hold(void **state)
{
	start();
	incoming("in-hold", "600", "u1");
	assert_int_equal(fixture_count("hold 1"), 2);
	assert_int_equal(fixture_count("hold 0"), 2);
	expect("rtp 127.0.0.1:6000 pcmu/0 event 101 20 ms receive dead 0");
	expect("rtp 127.0.0.1:6000 pcmu/0 event 101 20 ms dead 0");
	expect("rtp nowhere pcmu/0 event 101 20 ms receive learn dead 0");
	stop();
}

static void test_refresh(void **state)
{
	start();
	incoming("in-refresh", "600", "u1");
	expect("rtp 127.0.0.1:6002 pcma/8 event 0");
	stop();
}

static void test_late_offer(void **state)
{
	start();
	incoming("in-late", "600", "u1");
	expect("rtp 127.0.0.1:6000 pcma/8 event 101");
	stop();
}

static void test_video(void **state)
{
	start();
	incoming("in-video", "600", "u1");
	stop();
}

static void test_info(void **state)
{
	start();
	incoming("in-info", "600", "u1");
	expect("digit 5 160");
	expect("digit # 100");
	expect("digit # 90");
	stop();
}

static void test_reliable(void **state)
{
	start();
	incoming("in-100rel", "601", "u1");
	stop();
}

static void refused(const char *called, const char *status, const char *headers)
{
	struct sipp s;

	sipp_start(&f, &s, "refused", called, "u1", status, headers);
	assert_true(sipp_result(&f, &s));
}

static void test_refusals(void **state)
{
	start();
	refused("9001", "404", NULL);
	refused("9017", "486", NULL);
	refused("9028", "484", NULL);
	refused("9034", "503", NULL);
	refused("9020", "480", NULL);
	refused("alice", "404", NULL);
	refused("600", "420", "Require: no-such-extension");
	refused("600", "403", "Replaces: a@b;to-tag=1;from-tag=2");
	incoming("refused-body", "600", "u1");
	incoming("refused-codec", "600", "u1");
	incoming("refused-sdp", "600", "u1");
	stop();
}

static void test_no_rtp_port(void **state)
{
	start();
	f.conf.rtp.port_min = 10;
	f.conf.rtp.port_max = 9;
	refused("600", "503", NULL);
	stop();
}

static void test_stranger(void **state)
{
	struct agent_stats s;

	fixture_init(&f);
	f.trunk[0].server = "127.0.0.77";
	f.conf.sip.strangers = STRANGERS_403;
	assert_true(fixture_start(&f));
	fixture_run(&f, 50);
	refused("600", "403", NULL);
	agent_get_stats(f.agent, &s);
	assert_int_equal(s.strangers, 1);
	assert_false(fixture_logged("incoming"));
	stop();
	/* The same address once it is let in. */
	fixture_init(&f);
	f.trunk[0].server = "127.0.0.77";
	f.trunk[0].accept_from = (const char *[]){ "127.0.0.0/30" };
	f.trunk[0].accept_from_count = 1;
	assert_true(fixture_start(&f));
	fixture_run(&f, 50);
	incoming("in-answer", "600", "u1");
	stop();
}

/* --------------------------------------------------------------- our own calls */

static void outgoing(const char *scenario, const char *status, const char *headers)
{
	struct sipp s;

	sipp_start(&f, &s, scenario, NULL, "u1", status, headers);
	assert_int_equal(fixture_call(&f, "+15557654321", NULL), 0);
	assert_true(sipp_result(&f, &s));
}

static void hang_up(unsigned after_ms)
{
	struct release r;
	struct leg *l = f.leg;

	fixture_run(&f, after_ms);
	release_set(&r, CAUSE_NORMAL, false, "pbx-1 hung up");
	l->call = NULL;
	l->ops->release(l, &r);
}

static void outgoing_until(const char *scenario, const char *until)
{
	struct sipp s;

	sipp_start(&f, &s, scenario, NULL, "u1", NULL, NULL);
	assert_int_equal(fixture_call(&f, "+15557654321", NULL), 0);
	if (!fixture_wait(&f, until, 5000))
		fixture_print();
	expect(until);
	hang_up(50);
	assert_true(sipp_result(&f, &s));
}

static void test_out_answered(void **state)
{
	start();
	outgoing("out-answer", NULL, NULL);
	expect("proceeding\nalerting\n");
	expect("answered 1 100");
	expect("rtp 127.0.0.1:6000 pcmu/0 event 101 20 ms send receive dead 30");
	expect("released 31 far the far end hung up");
	stop();
}

static void test_out_early(void **state)
{
	start();
	outgoing_until("out-early", "answered");
	expect("progress\n");
	stop();
}

static void test_out_forked(void **state)
{
	start();
	outgoing_until("out-ringing", "answered");
	assert_int_equal(fixture_count("alerting"), 2);
	stop();
}

static void test_out_cancelled(void **state)
{
	start();
	outgoing_until("out-cancelled", "alerting");
	stop();
}

static void test_out_crossing(void **state)
{
	start();
	outgoing_until("out-crossing", "alerting");
	assert_false(fixture_logged("answered"));
	stop();
}

static void test_out_refused(void **state)
{
	static const struct { const char *status, *headers, *log; } rows[] = {
		{ "486", "", "released 17 far 486" },
		{ "404", "", "released 1 far 404" },
		{ "480", "", "released 18 far 480" },
		{ "500", "Reason: Q.850;cause=34;text=\"none\"", "released 34 far 500" },
		{ "503", "Retry-After: 9", "released 41 far 503" },
		{ "603", "", "released 21 far 603" },
		{ "302", "Contact: <sip:900@192.0.2.1>", "released 127 far 302 "
			"Refused: redirections are not followed" },
		{ "401", "WWW-Authenticate: Basic realm=\"r\"", "released 21 far "
			"401: the server wants a secret; set secret_file" },
	};

	start();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fixture_clear();
		outgoing("out-refused", rows[i].status, rows[i].headers);
		expect(rows[i].log);
	}
	stop();
}

static void write_secret(const char *text, int mode)
{
	static char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "%s/secret", f.directory);
	file = fopen(path, "w");
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(path, (unsigned)mode), 0);
	f.trunk[0].secret_file = path;
}

static void test_out_challenged(void **state)
{
	fixture_init(&f);
	f.trunk[0].user = "acme-user";
	f.trunk[0].auth_user = "acme-auth";
	write_secret("s3cret", 0600);
	assert_true(fixture_start(&f));
	assert_true(fixture_wait(&f, "acme up", 2000));
	outgoing_until("out-auth", "answered");
	stop();
}

static void test_out_private(void **state)
{
	struct party who = { "+15551230001", "Ann", PRESENTATION_PRIVATE };
	struct sipp s;

	start();
	sipp_start(&f, &s, "out-private", NULL, "u1", NULL, NULL);
	assert_int_equal(fixture_call(&f, "900", &who), 0);
	assert_true(sipp_result(&f, &s));
	expect("released 17 far");
	stop();
}

/* Held by the other side of the call: the far end is told, again after 491. */
static void test_out_held(void **state)
{
	struct sipp s;

	start();
	sipp_start(&f, &s, "out-held", NULL, "u1", NULL, NULL);
	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	assert_true(fixture_wait(&f, "answered", 5000));
	fixture_run(&f, 100);
	f.leg->ops->hold(f.leg, true);
	fixture_run(&f, 200);
	expect("rtp 127.0.0.1:6000 pcmu/0 event 101 20 ms send dead 0");
	f.leg->ops->hold(f.leg, false);
	assert_true(fixture_wait(&f, "rtp 127.0.0.1:6004", 6000));
	hang_up(50);
	assert_true(sipp_result(&f, &s));
	assert_false(fixture_logged("hold"));
	stop();
}

static void test_media_events(void **state)
{
	struct media_event digit = { .type = MEDIA_DIGIT,
		.digit = { '7', DIGIT_RFC4733, 120 } };
	struct media_event flash = { .type = MEDIA_DIGIT,
		.digit = { 'F', DIGIT_RFC4733, 300 } };
	struct media_event first = { .type = MEDIA_RTP_FIRST };
	struct media_event dead = { .type = MEDIA_RTP_DEAD };
	struct sipp s;

	start();
	sipp_start(&f, &s, "out-tones", NULL, "u1", NULL, NULL);
	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	/* 180 with a description: only packets tell whether tones come. */
	assert_true(fixture_wait(&f, "alerting", 5000));
	assert_false(fixture_logged("progress"));
	fixture_media(&first);
	expect("progress");
	assert_true(fixture_wait(&f, "answered", 5000));
	fixture_media(&digit);
	expect("digit 7 120");
	fixture_media(&flash);
	expect("flash");
	f.leg->ops->digit(f.leg, '5', 90);
	expect("send digit 5 90");
	fixture_media(&dead);
	expect("released 102 near no RTP from the far end for 30 s");
	assert_true(sipp_result(&f, &s));
	stop();
}

/* The first address of the name refuses, the next one takes the call. */
static void test_out_next_server(void **state)
{
	struct sipp s;

	fixture_init(&f);
	f.trunk[0].server = "two.test";
	fixture_hosts(&f, "127.0.0.77 two.test\n127.0.0.1 two.test\n");
	assert_true(fixture_start(&f));
	assert_true(fixture_wait(&f, "acme up", 2000));
	sipp_start(&f, &s, "out-answer", NULL, "u1", NULL, NULL);
	assert_int_equal(fixture_call(&f, "+15557654321", NULL), 0);
	assert_true(sipp_result(&f, &s));
	expect("answered 1 100");
	stop();
}

/* Nobody there: core must hear of it in time for its next route. */
static void test_out_silent(void **state)
{
	int fd;

	fixture_init(&f);
	f.conf.timers[TIMER_NO_RESPONSE] = 600;
	fd = peer_open(&f.peer);
	f.trunk[0].port = f.peer;
	assert_true(fixture_start(&f));
	assert_true(fixture_wait(&f, "acme up", 2000));
	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	fixture_run(&f, 300);
	assert_false(fixture_logged("released"));
	assert_true(fixture_wait(&f, "released 27 far 127.0.0.1:", 3000));
	expect("does not answer");
	stop();
	close(fd);
}

/* All responses come in one piece, before the first is told of: the 100 is given
 * back even so (the sanitizer looks). */
static void test_out_at_once(void **state)
{
	char invite[8192];
	int fd = -1, door;

	fixture_init(&f);
	f.trunk[0].transport = TRANSPORT_TCP;
	f.trunk[0].port = f.peer;
	door = peer_listen(f.peer);
	assert_true(fixture_start(&f));
	assert_true(fixture_wait(&f, "acme up", 2000));
	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	for (int i = 0; i < 400 && fd < 0; i++) {
		fixture_run(&f, 5);
		fd = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	}
	assert_true(fd >= 0);
	snprintf(invite, sizeof(invite), "%s", peer_receive(&f, fd, 2000));
	assert_memory_equal(invite, "INVITE ", 7);
	peer_answer(&f, fd, invite, "100 Trying", "");
	peer_answer(&f, fd, invite, "180 Ringing", "");
	peer_answer(&f, fd, invite, "486 Busy Here", "");
	assert_true(fixture_wait(&f, "released 17 far", 3000));
	expect("alerting");
	stop();
	close(fd);
	close(door);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answered),
		cmocka_unit_test(test_answered_tcp),
		cmocka_unit_test(test_trunk_tcp),
		cmocka_unit_test(test_early_media),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_released),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_refresh),
		cmocka_unit_test(test_late_offer),
		cmocka_unit_test(test_video),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_reliable),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_rtp_port),
		cmocka_unit_test(test_stranger),
		cmocka_unit_test(test_out_answered),
		cmocka_unit_test(test_out_early),
		cmocka_unit_test(test_out_forked),
		cmocka_unit_test(test_out_cancelled),
		cmocka_unit_test(test_out_crossing),
		cmocka_unit_test(test_out_refused),
		cmocka_unit_test(test_out_challenged),
		cmocka_unit_test(test_out_private),
		cmocka_unit_test(test_out_silent),
		cmocka_unit_test(test_out_at_once),
		cmocka_unit_test(test_out_held),
		cmocka_unit_test(test_media_events),
		cmocka_unit_test(test_out_next_server),
	};

	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
