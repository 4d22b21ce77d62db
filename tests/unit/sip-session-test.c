/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Session timers that run out, in seconds: shorter than any configuration may
 * ask for. The peer is a socket whose datagrams the test reads and writes. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sip-fixture.h"

static struct fixture f;
static int fd = -1;

#define SDP "v=0\no=- 1 %d IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n" \
	    "m=audio 6000 RTP/AVP 0\n"

static void start(unsigned session_s)
{
	fixture_init(&f);
	fd = peer_open(&f.peer);
	f.trunk[0].port = f.peer;
	f.trunk[0].session_s = session_s;
	f.trunk[0].session_least_s = 1;
	assert_true(fixture_start(&f));
	assert_true(fixture_wait(&f, "acme up", 2000));
}

static void stop(void)
{
	fixture_stop(&f);
	close(fd);
	assert_int_equal(media_ends, 0);
}

static char *expect_request(const char *method, unsigned ms)
{
	const char *m = peer_receive(&f, fd, ms);

	if (strncmp(m, method, strlen(method))) {
		fixture_print();
		fail_msg("instead of %s came \"%.300s\"", method, m);
	}
	return strdup(m);
}

/* 200 with a description; headers end with \n each. */
static void accept_it(const char *request, int version, const char *headers)
{
	char text[4096], body[256], kept[4096];
	static const char *const copied[] = { "Via", "From", "Call-ID", "CSeq" };
	int n, length;

	snprintf(kept, sizeof(kept), "%s", request);
	length = snprintf(body, sizeof(body), SDP, version);
	for (const char *c = body; *c; c++)
		length += *c == '\n';
	n = sprintf(text, "SIP/2.0 200 OK\n");
	for (unsigned i = 0; i < 4; i++)
		n += sprintf(text + n, "%s: %s\n", copied[i],
			     header_of(kept, copied[i]));
	n += sprintf(text + n, "To: %s%s\n", header_of(kept, "To"),
		     strstr(header_of(kept, "To"), "tag=") ? "" : ";tag=peer");
	n += sprintf(text + n, "Contact: <sip:127.0.0.1:@PORT@>\n%s", headers);
	sprintf(text + n, "Content-Type: application/sdp\nContent-Length: %d\n\n%s",
		length, body);
	peer_send(&f, fd, f.peer, text);
}

/* A call of ours that the peer answers with these headers. */
static void call(const char *headers)
{
	char *m;

	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	m = expect_request("INVITE", 2000);
	accept_it(m, 1, headers);
	free(m);
	free(expect_request("ACK", 2000));
	assert_true(fixture_logged("answered"));
}

static void hang_up(void)
{
	struct release r;
	struct leg *l = f.leg;
	char *m;

	release_set(&r, CAUSE_NORMAL, false, "over");
	l->call = NULL;
	l->ops->release(l, &r);
	m = expect_request("BYE", 2000);
	peer_answer(&f, fd, m, "200 OK", "");
	free(m);
	fixture_run(&f, 50);
}

/* Ours: by UPDATE to who takes it, without a word on the media. */
static void test_refreshed_by_update(void **state)
{
	unsigned before;
	char *m;

	start(4);
	call("Allow: INVITE, ACK, BYE, CANCEL, UPDATE\nRequire: timer\n"
	     "Supported: timer\n"
	     "Session-Expires: 4;refresher=uac\n");
	before = fixture_count("rtp ");
	for (int i = 0; i < 2; i++) {
		m = expect_request("UPDATE", 4000);
		assert_string_equal(header_of(m, "Session-Expires"),
				    "4;refresher=uac");
		assert_string_equal(header_of(m, "Content-Length"), "0");
		peer_answer(&f, fd, m, "200 OK", "Contact: <sip:127.0.0.1:@PORT@>\n"
			    "Session-Expires: 4;refresher=uac\nRequire: timer\n");
		free(m);
	}
	assert_int_equal(fixture_count("rtp "), before);
	assert_false(fixture_logged("released"));
	hang_up();
	stop();
}

/* By re-INVITE to who does not; with the description as it was. */
static void test_refreshed_by_reinvite(void **state)
{
	char *first, *m;

	start(4);
	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	first = expect_request("INVITE", 2000);
	accept_it(first, 1, "Allow: INVITE, ACK, BYE, CANCEL\n");
	free(expect_request("ACK", 2000));
	fixture_clear();
	m = expect_request("INVITE", 4000);
	assert_string_equal(strstr(m, "\r\n\r\nv=0"), strstr(first, "\r\n\r\nv=0"));
	accept_it(m, 1, "");
	free(m);
	free(expect_request("ACK", 2000));
	assert_false(fixture_logged("rtp "));	/* media is left alone */
	hang_up();
	free(first);
	stop();
}

/* And when UPDATE turns out to be none of his. */
static void test_update_is_refused(void **state)
{
	char *m;

	start(6);
	call("Allow: INVITE, ACK, BYE, UPDATE\nSession-Expires: 6;refresher=uac\n");
	m = expect_request("UPDATE", 5000);
	peer_answer(&f, fd, m, "405 Method Not Allowed", "");
	free(m);
	m = expect_request("INVITE", 4000);
	accept_it(m, 1, "");
	free(m);
	free(expect_request("ACK", 2000));
	assert_false(fixture_logged("released"));
	hang_up();
	stop();
}

static void test_far_end_forgot_the_call(void **state)
{
	char *m;

	start(4);
	call("Allow: INVITE, ACK, BYE, UPDATE\n");
	m = expect_request("UPDATE", 4000);
	peer_answer(&f, fd, m, "481 Call Does Not Exist", "");
	free(m);
	assert_true(fixture_wait(&f, "released 102 near the far end does not know "
				 "the call any more: 481", 3000));
	fixture_run(&f, 100);
	stop();
}

/* Theirs: who does not keep the session alive has gone. */
static void test_not_refreshed(void **state)
{
	char *m;

	start(3);
	call("Supported: timer\nRequire: timer\nSession-Expires: 3;refresher=uas\n");
	m = expect_request("BYE", 5000);
	assert_non_null(strstr(header_of(m, "Reason"), "Q.850;cause=102"));
	assert_non_null(strstr(header_of(m, "Reason"), "session timer of 3 s"));
	assert_true(fixture_logged("released 102 near the far end did not confirm"));
	peer_answer(&f, fd, m, "200 OK", "");
	free(m);
	fixture_run(&f, 50);
	stop();
}

/* An UPDATE of theirs prolongs it. */
static void test_refreshed_by_them(void **state)
{
	char *invite, text[2048], *m;

	start(3);
	assert_int_equal(fixture_call(&f, "900", NULL), 0);
	invite = expect_request("INVITE", 2000);
	accept_it(invite, 1, "Supported: timer\nRequire: timer\nSession-Expires: 3;refresher=uas\n");
	free(expect_request("ACK", 2000));
	fixture_clear();
	for (int i = 1; i <= 2; i++) {
		char from[256], to[256], id[256];

		fixture_run(&f, 1500);
		snprintf(from, sizeof(from), "%s;tag=peer", header_of(invite, "To"));
		snprintf(to, sizeof(to), "%s", header_of(invite, "From"));
		snprintf(id, sizeof(id), "%s", header_of(invite, "Call-ID"));
		snprintf(text, sizeof(text), "UPDATE sip:127.0.0.1:@AGENT@ SIP/2.0\n"
			 "Via: SIP/2.0/UDP 127.0.0.1:@PORT@;branch=z9hG4bKu%d\n"
			 "Max-Forwards: 70\nFrom: %s\nTo: %s\nCall-ID: %s\n"
			 "CSeq: %d UPDATE\nContact: <sip:127.0.0.1:@PORT@>\n"
			 "Supported: timer\nSession-Expires: 3;refresher=uac\n"
			 "Content-Length: 0\n\n", i, from, to, id, i);
		peer_send(&f, fd, f.peer, text);
		m = expect_request("SIP/2.0 200", 2000);
		assert_string_equal(header_of(m, "Session-Expires"),
				    "3;refresher=uac");
		free(m);
		assert_false(fixture_logged("released"));
	}
	m = expect_request("BYE", 5000);
	peer_answer(&f, fd, m, "200 OK", "");
	free(m);
	free(invite);
	fixture_run(&f, 50);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refreshed_by_update),
		cmocka_unit_test(test_refreshed_by_reinvite),
		cmocka_unit_test(test_update_is_refused),
		cmocka_unit_test(test_far_end_forgot_the_call),
		cmocka_unit_test(test_not_refreshed),
		cmocka_unit_test(test_refreshed_by_them),
	};

	if (getenv("ONLY"))
		cmocka_set_test_filter(getenv("ONLY"));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
