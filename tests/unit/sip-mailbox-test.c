/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Mailboxes that are subscribed to. The server is a socket whose datagrams the
 * test reads and writes. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "sip-registrar.h"

#define SECONDS 1000u
#define GENEROUS (20 * SECONDS)
#define YES "Messages-Waiting: yes\n"
#define NO "Messages-Waiting: no\n"

/* The line's mailbox is 600; subscriptions last `expires` s if granted so. */
static void init_mailbox(void)
{
	init();
	f.trunk[0].voicemail = VOICEMAIL_SUBSCRIBE;
	f.trunk[0].expires = 60;
	f.line.trunk = "acme";
	f.line.kind = PORT_FXS;
	f.line.mailbox = "600";
}

/* The dialog that a SUBSCRIBE began, as the server has it. */
static struct dialog {
	char from[200], to[200], id[200], contact[200];
	unsigned sequence;
} d;

static const char *expect_subscribe(unsigned expires, bool within)
{
	static char m[8192];
	char number[16];

	snprintf(m, sizeof(m), "%s", expect_request("SUBSCRIBE", GENEROUS));
	snprintf(number, sizeof(number), "%u", expires);
	assert_string_equal(header_of(m, "Expires"), number);
	assert_string_equal(header_of(m, "Event"), "message-summary");
	assert_string_equal(header_of(m, "Accept"),
			    "application/simple-message-summary");
	if (within) {
		assert_string_equal(header_of(m, "Call-ID"), d.id);
		assert_non_null(strstr(header_of(m, "To"), "tag=peer"));
		return m;
	}
	assert_null(strstr(header_of(m, "To"), "tag="));
	snprintf(d.from, sizeof(d.from), "%s;tag=peer", header_of(m, "To"));
	snprintf(d.to, sizeof(d.to), "%s", header_of(m, "From"));
	snprintf(d.id, sizeof(d.id), "%s", header_of(m, "Call-ID"));
	snprintf(d.contact, sizeof(d.contact), "%s", header_of(m, "Contact"));
	d.contact[strcspn(d.contact, ">")] = '\0';
	return m;
}

static void accepted(const char *request, unsigned expires)
{
	char headers[128];

	snprintf(headers, sizeof(headers), "Expires: %u\n"
		 "Contact: <sip:vm@127.0.0.1:%u>\n", expires, f.peer);
	peer_answer(&f, fd, request, "200 OK", headers);
}

/* NOTIFY in the dialog; body "": none. What it was answered. */
static int notify(const char *event, const char *state, const char *body)
{
	char text[2048], wire[1024] = "";
	const char *m;
	size_t n = 0;

	for (const char *c = body; *c; c++)
		n += *c == '\n' ? 2 : 1;
	snprintf(wire, sizeof(wire), "%s", body);
	d.sequence++;
	snprintf(text, sizeof(text), "NOTIFY %s SIP/2.0\n"
		 "Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bKn%u%s\n"
		 "From: %s\nTo: %s\nCall-ID: %s\nCSeq: %u NOTIFY\nEvent: %s\n"
		 "Contact: <sip:vm@127.0.0.1:@PORT@>\nMax-Forwards: 70\n"
		 "Subscription-State: %s\n%sContent-Length: %zu\n\n%s",
		 d.contact + 1, d.sequence, d.id, d.from, d.to, d.id, d.sequence,
		 event, state, *body ?
		 "Content-Type: application/simple-message-summary\n" : "", n, wire);
	peer_send(&f, fd, f.peer, text);
	/* Before it a SUBSCRIBE may come again: a busy machine answers late. */
	for (unsigned i = 0; i < 5; i++) {
		m = peer_receive(&f, fd, GENEROUS);
		if (!strncmp(m, "SIP/2.0 ", 8))
			return atoi(m + 8);
		assert_int_equal(strncmp(m, "SUBSCRIBE ", 10), 0);
	}
	fail_msg("no answer to NOTIFY");
	return 0;
}

static int told(const char *state, const char *body)
{
	return notify("message-summary", state, body);
}

static struct trunk_part part;
static char part_error[256], part_state[32];
static unsigned parts;

static void keep(void *arg, const struct trunk_part *p)
{
	(void)arg;
	if (!p->mailbox)
		return;
	parts++;
	part = *p;
	snprintf(part_error, sizeof(part_error), "%s", p->error);
	snprintf(part_state, sizeof(part_state), "%s", p->state);
}

static const char *state_now(void)
{
	parts = 0;
	part_state[0] = '\0';
	agent_trunk_parts(fixture_trunk("acme"), keep, NULL);
	return part_state;
}

static void expect_state(const char *state)
{
	for (unsigned i = 0; i < 1000 && strcmp(state_now(), state); i++)
		fixture_run(&f, 20);
	assert_string_equal(state_now(), state);
}

/* Nothing is asked for meanwhile. */
static void quiet(unsigned ms)
{
	assert_string_equal(peer_receive(&f, fd, ms), "");
}

static void subscribed(unsigned expires)
{
	assert_true(fixture_start(&f));
	accepted(expect_subscribe(60, false), expires);
	expect_state("accepted");
	assert_int_equal(told("active;expires=60", YES "Voice-Message: 2/8 (0/2)\n"),
			 200);
	assert_true(fixture_wait(&f, "messages acme 600 yes 2/8", GENEROUS));
	assert_string_equal(state_now(), "subscribed");
}

/* Ends by itself: the dialog is ended by both. */
static void unsubscribes(void)
{
	fixture_stop(&f);
	close(fd);
}

/* ---------------------------------------------------------------------- life */

static void test_subscribes_and_refreshes(void **state)
{
	const char *m;
	char *sent;

	(void)state;
	init_mailbox();
	assert_true(fixture_start(&f));
	m = expect_subscribe(60, false);
	assert_int_equal(strncmp(m, "SUBSCRIBE sip:600@example.test SIP", 34), 0);
	assert_string_equal(header_of(m, "To"), "<sip:600@example.test>");
	assert_non_null(strstr(header_of(m, "Contact"), "<sip:600@127.0.0.1:"));
	accepted(m, 2);
	assert_int_equal(told("active;expires=2", YES "Voice-Message: 2/8 (0/2)\n"),
			 200);
	assert_true(fixture_wait(&f, "messages acme 600 yes 2/8", GENEROUS));
	assert_string_equal(state_now(), "subscribed");
	assert_string_equal(part_error, "");
	/* In the dialog, at the address that the server gave, in good time. */
	m = expect_subscribe(60, true);
	assert_int_equal(strncmp(m, "SUBSCRIBE sip:vm@127.0.0.1:", 27), 0);
	sent = strdup(m);
	accepted(sent, 600);
	free(sent);
	expect_state("subscribed");
	state_now();
	assert_in_range(part.next_s, 290, 545);
	/* What comes later, and a server that shortens it. */
	assert_int_equal(told("active", NO), 200);
	assert_true(fixture_wait(&f, "messages acme 600 no 0/0", GENEROUS));
	assert_int_equal(told("active;expires=1", ""), 200);
	expect_subscribe(60, true);
	stop();
}

/* The NOTIFY of a busy server overtakes its answer. */
static void test_notify_comes_first(void **state)
{
	char m[8192];

	(void)state;
	init_mailbox();
	assert_true(fixture_start(&f));
	snprintf(m, sizeof(m), "%s", expect_subscribe(60, false));
	assert_int_equal(told("active;expires=500", YES), 200);
	assert_true(fixture_wait(&f, "messages acme 600 yes", GENEROUS));
	expect_state("subscribed");
	accepted(m, 400);
	fixture_run(&f, 200);
	expect_state("subscribed");
	assert_in_range(part.next_s, 190, 365);
	stop();
}

static void test_unsubscribes(void **state)
{
	const char *m;

	(void)state;
	init_mailbox();
	subscribed(600);
	agent_shutdown(f.agent, (void (*)(void *))loop_stop, f.loop);
	m = expect_subscribe(0, true);
	accepted(m, 0);
	assert_int_equal(told("terminated;reason=timeout", NO), 200);
	f.done = true;
	fixture_run(&f, 500);
	unsubscribes();
}

/* It registers: nothing is asked for before that, and then with its name. */
static void test_waits_for_registration(void **state)
{
	const char *m;

	(void)state;
	init_registering();
	f.trunk[0].voicemail = VOICEMAIL_SUBSCRIBE;
	f.line.trunk = "acme";
	f.line.kind = PORT_FXS;
	f.line.mailbox = "600";
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", GENEROUS);
	fixture_run(&f, 300);
	assert_string_equal(state_now(), "waiting");
	grant(m, 3600);
	m = expect_subscribe(60, false);
	assert_string_equal(header_of(m, "To"), "<sip:600@example.test>");
	assert_non_null(strstr(header_of(m, "From"), "<sip:acme-user@example.test>"));
	challenge(m, "n1", "");
	m = expect_request("SUBSCRIBE", GENEROUS);
	check_digest(header_of(m, "Authorization"), "SUBSCRIBE", "n1", "00000001");
	accepted(m, 2);
	assert_int_equal(told("active", YES), 200);
	/* The refresh goes with the nonce that is known. */
	m = expect_request("SUBSCRIBE", GENEROUS);
	check_digest(header_of(m, "Authorization"), "SUBSCRIBE", "n1", "00000002");
	accepted(m, 600);
	stop();
}

static void test_wrong_secret(void **state)
{
	const char *m;

	(void)state;
	init_registering();
	f.trunk[0].registers = false;
	f.trunk[0].voicemail = VOICEMAIL_SUBSCRIBE;
	f.line.trunk = "acme";
	f.line.kind = PORT_FXS;
	f.line.mailbox = "600";
	assert_true(fixture_start(&f));
	challenge(expect_subscribe(60, false), "n1", "");
	/* The library answers another nonce once more by itself. */
	while (*(m = peer_receive(&f, fd, 2 * SECONDS)))
		challenge(m, "n2", "");
	expect_state("waiting");
	assert_non_null(strstr(part_error, "refuses this user or secret"));
	assert_in_range(part.next_s, 14, 46);
	stop();
}

/* -------------------------------------------------------------- refused, gone */

static void test_given_up(void **state)
{
	static const struct { const char *status, *cure; } cases[] = {
		{ "489 Bad Event", "set voicemail = \"notify\"" },
		{ "403 Forbidden", "the provider must allow it" },
		{ "404 Not Found", "set the line's mailbox" },
		{ "405 Method Not Allowed", "set voicemail = \"notify\"" },
	};
	char why[256];

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		init_mailbox();
		assert_true(fixture_start(&f));
		peer_answer(&f, fd, expect_subscribe(60, false), cases[i].status, "");
		expect_state("refused");
		assert_string_equal(part_error, cases[i].status);
		assert_int_equal(part.next_s, -1);
		quiet(300);
		/* A new try when somebody has looked at it. */
		assert_int_equal(agent_reload(f.agent, &f.conf, why, sizeof(why)), 0);
		accepted(expect_subscribe(60, false), 600);
		assert_int_equal(told("active", YES), 200);
		expect_state("subscribed");
		stop();
	}
}

static void test_later(void **state)
{
	(void)state;
	init_mailbox();
	assert_true(fixture_start(&f));
	peer_answer(&f, fd, expect_subscribe(60, false), "500 Oops",
		    "Retry-After: 120\n");
	expect_state("waiting");
	assert_string_equal(part_error, "500 Oops");
	assert_in_range(part.next_s, 118, 121);
	stop();
	/* Too brief: what the server wants. */
	init_mailbox();
	assert_true(fixture_start(&f));
	peer_answer(&f, fd, expect_subscribe(60, false), "423 Interval Too Brief",
		    "Min-Expires: 90\n");
	accepted(expect_request("SUBSCRIBE", GENEROUS), 90);
	assert_string_equal(header_of(d.from, "x"), "");
	stop();
	/* Granted for no time at all. */
	init_mailbox();
	assert_true(fixture_start(&f));
	accepted(expect_subscribe(60, false), 0);
	expect_state("waiting");
	assert_string_equal(part_error, "the server granted no time");
	stop();
}

/* The server has started anew: a dialog that it does not know is no loss. */
static void test_lost(void **state)
{
	(void)state;
	init_mailbox();
	assert_true(fixture_start(&f));
	accepted(expect_subscribe(60, false), 1);
	assert_int_equal(told("active", YES), 200);
	peer_answer(&f, fd, expect_subscribe(60, true),
		    "481 Subscription Does Not Exist", "");
	accepted(expect_subscribe(60, false), 600);
	assert_int_equal(told("active", NO), 200);
	expect_state("subscribed");
	stop();
}

static void test_ended_by_server(void **state)
{
	static const struct { const char *state, *is; int least, most; } cases[] = {
		{ "terminated;reason=deactivated", "waiting", 0, 7 },
		{ "terminated;reason=timeout", "waiting", 0, 7 },
		{ "terminated", "waiting", 0, 7 },
		{ "terminated;reason=probation;retry-after=77", "waiting", 75, 78 },
		{ "terminated;reason=rejected", "refused", -1, -1 },
		{ "terminated;reason=noresource", "refused", -1, -1 },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		init_mailbox();
		subscribed(600);
		assert_int_equal(told(cases[i].state, ""), 200);
		expect_state(cases[i].is);
		assert_string_equal(part_error, "the server ended the subscription");
		assert_true(part.next_s >= cases[i].least &&
			    part.next_s <= cases[i].most);
		stop();
	}
}

/* Each ended at once: asked for ever more rarely, not in a loop. */
static void test_ended_each_time(void **state)
{
	unsigned asked = 0;
	uint64_t end;

	(void)state;
	init_mailbox();
	assert_true(fixture_start(&f));
	accepted(expect_subscribe(60, false), 600);
	assert_int_equal(told("active", YES), 200);
	assert_int_equal(told("terminated;reason=deactivated", ""), 200);
	for (end = clock_ms() + 1500; clock_ms() < end;)
		asked += !!*peer_receive(&f, fd, 100);
	assert_int_equal(asked, 0);
	stop();
}

static void test_own_address(void **state)
{
	(void)state;
	init_mailbox();
	subscribed(600);
	agent_renew(f.agent);
	accepted(expect_subscribe(60, true), 600);
	expect_state("subscribed");
	stop();
}

/* ------------------------------------------------------------------ bad input */

static void test_bad_notify(void **state)
{
	char text[sizeof(d.id)];

	(void)state;
	init_mailbox();
	subscribed(600);
	assert_int_equal(notify("presence", "active", YES), 489);
	/* The library has answered these before we see them. */
	assert_int_equal(told("active", "Messages-Waiting: maybe\n"), 200);
	assert_int_equal(told("active", "x"), 200);
	assert_int_equal(fixture_count("messages acme"), 1);
	assert_int_equal(told("active;expires=99999999999999999999", NO), 200);
	assert_int_equal(told("active;expires=-1", NO), 200);
	assert_int_equal(told("", NO), 400);
	assert_int_equal(told("active", NO "Voice-Message: 99999999999/-1\n"), 200);
	expect_state("subscribed");
	/* None of our dialogs. */
	snprintf(text, sizeof(text), "%s", d.id);
	snprintf(d.id, sizeof(d.id), "nobody");
	assert_int_equal(told("terminated;reason=rejected", ""), 481);
	snprintf(d.id, sizeof(d.id), "%s", text);
	expect_state("subscribed");
	stop();
}

/* -------------------------------------------------------------------- reload */

static void test_reload(void **state)
{
	struct config_line lines[2];
	char why[256];

	(void)state;
	init_mailbox();
	subscribed(600);
	/* The same: nothing happens. One more: it alone is asked for. */
	assert_int_equal(agent_reload(f.agent, &f.conf, why, sizeof(why)), 0);
	quiet(200);
	lines[0] = lines[1] = f.line;
	lines[1].name = "second";
	lines[1].mailbox = "601";
	f.conf.lines = lines;
	f.conf.line_count = 2;
	assert_int_equal(agent_reload(f.agent, &f.conf, why, sizeof(why)), 0);
	assert_non_null(strstr(expect_request("SUBSCRIBE sip:601@", GENEROUS), "SIP"));
	state_now();
	assert_int_equal(parts, 2);
	/* Not wanted any more. */
	f.trunk[0].voicemail = VOICEMAIL_NOTIFY;
	assert_int_equal(agent_reload(f.agent, &f.conf, why, sizeof(why)), 0);
	accepted(expect_subscribe(0, true), 0);
	assert_int_equal(told("terminated;reason=timeout", ""), 200);
	for (unsigned i = 0; i < 500 && parts; i++) {
		fixture_run(&f, 20);
		state_now();
	}
	assert_int_equal(parts, 0);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_subscribes_and_refreshes),
		cmocka_unit_test(test_notify_comes_first),
		cmocka_unit_test(test_unsubscribes),
		cmocka_unit_test(test_waits_for_registration),
		cmocka_unit_test(test_wrong_secret),
		cmocka_unit_test(test_given_up),
		cmocka_unit_test(test_later),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_ended_by_server),
		cmocka_unit_test(test_ended_each_time),
		cmocka_unit_test(test_own_address),
		cmocka_unit_test(test_bad_notify),
		cmocka_unit_test(test_reload),
	};

	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
