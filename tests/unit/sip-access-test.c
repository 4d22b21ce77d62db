/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What anybody on the network may send us. */
#define _GNU_SOURCE
#define _GNU_SOURCE
#include "config.h"

#include <dlfcn.h>
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sofia-sip/sip_util.h>

#include "sip-fixture.h"
#include "sip/access.h"
#include "sip/guards.h"

static struct fixture f;
static int fd = -1;

/* -------------------------------------------------- the C library's resolver */

static unsigned names_resolved;

/* Stands before the C library's: whoever asks it for a name would wait. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **res)
{
	struct addrinfo *ai;
	struct sockaddr_storage *at;

	(void)service;
	if (!hints || !(hints->ai_flags & AI_NUMERICHOST))
		names_resolved++;
	ai = calloc(1, sizeof(*ai) + sizeof(*at));
	at = (struct sockaddr_storage *)(ai + 1);
	if (!node || address_parse(at, node, (uint16_t)(service ? atoi(service) : 0))) {
		free(ai);
		return EAI_NONAME;
	}
	ai->ai_family = at->ss_family;
	ai->ai_socktype = hints ? hints->ai_socktype : 0;
	ai->ai_protocol = hints ? hints->ai_protocol : 0;
	ai->ai_addr = (struct sockaddr *)at;
	ai->ai_addrlen = address_size(ai->ai_addr);
	*res = ai;
	return 0;
}

void freeaddrinfo(struct addrinfo *ai)
{
	free(ai);
}

static void init(void)
{
	fixture_init(&f);
	fd = peer_open(&f.peer);
	f.trunk[0].port = f.peer;
}

static void stop(void)
{
	fixture_stop(&f);
	close(fd);
	assert_int_equal(media_ends, 0);
}

static void expect_logged(const char *text, unsigned ms)
{
	if (!fixture_wait(&f, text, ms)) {
		fixture_print();
		fail_msg("\"%s\" did not happen", text);
	}
}

/* ------------------------------------------------------------ hostile messages */

static const char options[] =
	"OPTIONS sip:127.0.0.1:@AGENT@ SIP/2.0\n"
	"Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bKo%u\n"
	"From: <sip:x@example.test>;tag=%u\nTo: <sip:127.0.0.1>\n"
	"Call-ID: o%u\nCSeq: 1 OPTIONS\nMax-Forwards: 70\nContent-Length: 0\n\n";

static void expect_options_answered(const char *status)
{
	static unsigned n;
	char text[1024];
	const char *m;

	n++;
	snprintf(text, sizeof(text), options, n, n, n);
	peer_send(&f, fd, f.peer, text);
	/* Answers to what was sent before may come first. */
	do
		m = peer_receive(&f, fd, 2000);
	while (*m && !strstr(header_of(m, "CSeq"), "1 OPTIONS"));
	if (strncmp(m, status, strlen(status)))
		fail_msg("OPTIONS got \"%.200s\"", m);
}

static void test_options(void **state)
{
	init();
	assert_true(fixture_start(&f));
	expect_logged("acme up", 1000);
	expect_options_answered("SIP/2.0 200");
	stop();
}

static void send_method(const char *method, const char *more)
{
	char text[2048];
	static unsigned n;

	n++;
	snprintf(text, sizeof(text),
		 "%s sip:600@127.0.0.1:@AGENT@ SIP/2.0\n"
		 "Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bKm%u%s\n"
		 "From: <sip:x@example.test>;tag=m%u\nTo: <sip:600@127.0.0.1>\n"
		 "Call-ID: m%u\nCSeq: 1 %s\nContact: <sip:x@127.0.0.1:@PORT@>\n"
		 "Content-Length: 0\n\n", method, n, more, n, n, method);
	peer_send(&f, fd, f.peer, text);
}

static void test_other_methods(void **state)
{
	static const struct { const char *method, *status; } rows[] = {
		{ "MESSAGE", "SIP/2.0 405" }, { "SUBSCRIBE", "SIP/2.0 405" },
		{ "REFER", "SIP/2.0 405" }, { "REGISTER", "SIP/2.0 405" },
		{ "NOTIFY", "SIP/2.0 489" }, { "NONSENSE", "SIP/2.0 501" },
		{ "INFO", "SIP/2.0 481" }, { "UPDATE", "SIP/2.0 481" },
		{ "BYE", "SIP/2.0 481" }, { "CANCEL", "SIP/2.0 481" },
	};

	init();
	assert_true(fixture_start(&f));
	expect_logged("acme up", 1000);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *m;

		send_method(rows[i].method, "");
		m = peer_receive(&f, fd, 1000);
		if (strncmp(m, rows[i].status, strlen(rows[i].status)))
			fail_msg("%s got \"%.100s\"", rows[i].method, m);
	}
	stop();
}

/* The name in maddr would be looked up by the C library, with the whole stack
 * waiting: the guard must keep it from there. */
static void test_blocking_resolver(void **state)
{
#ifndef SOFIA_ASKS_NO_NAMES
	unsigned refused = guards_refused_names();
#endif

	init();
	assert_true(fixture_start(&f));
	expect_logged("acme up", 1000);
	names_resolved = 0;
	send_method("OPTIONS", ";maddr=slow.example.com");
	send_method("INVITE", ";maddr=slow.example.com");
	fixture_run(&f, 300);
	assert_int_equal(names_resolved, 0);
#ifndef SOFIA_ASKS_NO_NAMES
	assert_true(guards_refused_names() > refused);
#endif
	expect_options_answered("SIP/2.0 200");
	stop();
}

static void test_garbage(void **state)
{
	static const char *const lines[] = {
		"", "\n\n", "INVITE\n\n", "SIP/2.0 200 OK\n\n",
		"INVITE sip:600 SIP/2.0\n\n",
		"INVITE sip:600@127.0.0.1 SIP/2.0\nVia: x\nFrom: y\nTo: z\nCall-ID: \n"
		"CSeq: 99999999999 INVITE\nContent-Length: -5\n\n",
		"INVITE sip:%00@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:@PORT@\n"
		"From: <sip:@>;tag=\nTo: <>\nCall-ID: g\nCSeq: 1 INVITE\n"
		"Content-Type: application/sdp\nContent-Length: 9999\n\nv=0\n",
		"GET / HTTP/1.1\nHost: x\n\n",
	};
	char noise[1400];

	init();
	assert_true(fixture_start(&f));
	expect_logged("acme up", 1000);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		peer_send(&f, fd, f.peer, lines[i]);
	srandom(7);
	for (int i = 0; i < 200; i++) {
		size_t n = (size_t)random() % (sizeof(noise) - 1);

		for (size_t k = 0; k < n; k++)
			noise[k] = (char)(1 + random() % 255);
		noise[n] = '\0';
		peer_send(&f, fd, f.peer, noise);
	}
	fixture_run(&f, 200);
	expect_options_answered("SIP/2.0 200");
	assert_false(fixture_logged("incoming"));
	stop();
}

/* ----------------------------------------------------- caller's and other names */

static void test_identities(void **state)
{
	static const struct { const char *uri, *headers, *log; } rows[] = {
		{ "sip:+1(555)123-0009;phone-context=x@127.0.0.1:@AGENT@;user=phone",
		  "From: \"A \\\"B\\\"\" <sip:2125550100@x>;tag=1\n",
		  "incoming acme +15551230009 from 2125550100 A \"B\" allowed" },
		{ "tel:+1-555-123-0009", "From: <sip:2125550100@x>;tag=1\n",
		  "incoming acme +15551230009 from 2125550100  allowed" },
		{ "sip:600%23@127.0.0.1:@AGENT@",
		  "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1\n"
		  "P-Asserted-Identity: \"Ann\" <sip:+12125550100@x>\nPrivacy: id\n",
		  "incoming acme 600# from +12125550100 Ann private" },
		{ "sip:602@127.0.0.1:@AGENT@", "From: <sip:unknown@x>;tag=1\n",
		  "incoming acme 602 from   unavailable" },
	};

	init();
	assert_true(fixture_start(&f));
	expect_logged("acme up", 1000);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[2048];

		fixture_clear();
		snprintf(text, sizeof(text), "INVITE %s SIP/2.0\n"
			 "Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bKi%u\n"
			 "%sTo: <sip:600@127.0.0.1>\nCall-ID: i%u\nCSeq: 1 INVITE\n"
			 "Contact: <sip:x@127.0.0.1:@PORT@>\nContent-Length: 0\n\n",
			 rows[i].uri, i, rows[i].headers, i);
		peer_send(&f, fd, f.peer, text);
		expect_logged(rows[i].log, 1000);
	}
	stop();
}

static void test_empty_number(void **state)
{
	const char *m;

	init();
	assert_true(fixture_start(&f));
	expect_logged("acme up", 1000);
	peer_send(&f, fd, f.peer, "INVITE sip:127.0.0.1:@AGENT@ SIP/2.0\n"
		  "Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bKe1\n"
		  "From: <sip:1@x>;tag=1\nTo: <sip:127.0.0.1>\nCall-ID: e1\n"
		  "CSeq: 1 INVITE\nContact: <sip:x@127.0.0.1>\n"
		  "Content-Length: 0\n\n");
	do
		m = peer_receive(&f, fd, 1000);
	while (!strncmp(m, "SIP/2.0 100", 11));
	assert_int_equal(strncmp(m, "SIP/2.0 484", 11), 0);
	stop();
}

/* A server that knows no REFER, or no INFO, would end the call by saying so. */
static void test_refusals(void **state)
{
	__typeof__(&sip_response_terminates_dialog) librarys;

	*(void **)&librarys = dlsym(RTLD_NEXT, "sip_response_terminates_dialog");
	assert_non_null(librarys);
	for (int status = 300; status < 700; status++) {
		assert_true(sip_response_terminates_dialog(status, sip_method_refer, NULL) >= 0);
		assert_true(sip_response_terminates_dialog(status, sip_method_notify, NULL) >= 0);
		assert_true(status == 481 || sip_response_terminates_dialog(
				status, sip_method_info, NULL) >= 0);
		assert_int_equal(sip_response_terminates_dialog(status, sip_method_invite, NULL),
				 librarys(status, sip_method_invite, NULL));
	}
	assert_int_equal(librarys(404, sip_method_refer, NULL), -1);
	assert_int_equal(librarys(404, sip_method_info, NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_other_methods),
		cmocka_unit_test(test_blocking_resolver),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_identities),
		cmocka_unit_test(test_empty_number),
	};

	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
