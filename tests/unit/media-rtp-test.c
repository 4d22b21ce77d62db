/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* RTP packets, sources, events (RFC 4733) and reports, as bytes and values. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "media/rfc4733.h"
#include "media/rtcp.h"
#include "media/rtp.h"

/* ---------------------------------------------------------------------- rtp */

static void header_goes_round(void **state)
{
	struct rtp_packet in = { .marker = true, .payload = 101, .seq = 65535,
				 .timestamp = 0xfffffff0, .ssrc = 0xdeadbeef };
	struct rtp_packet out;
	uint8_t data[RTP_HEADER + 3] = { 0 };

	rtp_header(&in, data);
	data[12] = 7;
	assert_int_equal(rtp_parse(&out, data, sizeof(data)), 0);
	assert_true(out.marker);
	assert_int_equal(out.payload, 101);
	assert_int_equal(out.seq, 65535);
	assert_int_equal(out.timestamp, 0xfffffff0);
	assert_int_equal(out.ssrc, 0xdeadbeef);
	assert_int_equal(out.size, 3);
	assert_int_equal(out.data[0], 7);
}

static void lengths_are_checked(void **state)
{
	struct rtp_packet r;
	uint8_t p[40] = { 0x80, 0 };

	assert_int_equal(rtp_parse(&r, p, 11), -EINVAL);
	assert_int_equal(rtp_parse(&r, p, 12), 0);
	assert_int_equal(r.size, 0);
	p[0] = 0x40;		/* version 1 */
	assert_int_equal(rtp_parse(&r, p, 40), -EINVAL);
	p[0] = 0x8f;		/* 15 contributing sources: 60 octets */
	assert_int_equal(rtp_parse(&r, p, 40), -EINVAL);
	p[0] = 0x82;
	assert_int_equal(rtp_parse(&r, p, 40), 0);
	assert_int_equal(r.size, 20);
	p[0] = 0x90;		/* extension of 4 words: 12 + 4 + 16 */
	p[15] = 4;
	assert_int_equal(rtp_parse(&r, p, 40), 0);
	assert_int_equal(r.size, 8);
	p[15] = 7;
	assert_int_equal(rtp_parse(&r, p, 40), -EINVAL);
	assert_int_equal(rtp_parse(&r, p, 14), -EINVAL);
	p[0] = 0xa0;		/* padding */
	p[39] = 28;
	assert_int_equal(rtp_parse(&r, p, 40), 0);
	assert_int_equal(r.size, 0);
	p[39] = 29;
	assert_int_equal(rtp_parse(&r, p, 40), -EINVAL);
	p[39] = 0;
	assert_int_equal(rtp_parse(&r, p, 40), -EINVAL);
	p[0] = 0x80;		/* a sender report is no voice */
	p[1] = 200;
	assert_int_equal(rtp_parse(&r, p, 40), -EINVAL);
}

/* ------------------------------------------------------------------ sources */

static struct sockaddr_storage address(const char *host, int port)
{
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in *in = (void *)&a;

	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, host, &in->sin_addr);
	return a;
}

static void negotiate(struct rtp_source *s, const struct sockaddr_storage *remote,
		      bool learn)
{
	struct media_rtp m = { .remote = *remote, .learn = learn };

	source_set(s, &m, 0);
}

static void only_the_negotiated_source(void **state)
{
	struct sockaddr_storage a = address("10.0.0.1", 4000);
	struct sockaddr_storage b = address("10.0.0.1", 4002);
	struct rtp_source s = { 0 };

	negotiate(&s, &a, false);
	for (int i = 0; i < 100; i++)
		assert_false(source_check(&s, &b, i * 20000));
	assert_true(source_check(&s, &a, 0));
	assert_true(source_equal(&s.current, &a, false));
}

static void learns_once_and_never_again(void **state)
{
	struct sockaddr_storage private = address("192.168.1.5", 4000);
	struct sockaddr_storage nat = address("198.51.100.7", 61000);
	struct sockaddr_storage thief = address("203.0.113.9", 1234);
	struct rtp_source s = { 0 };
	int i;

	negotiate(&s, &private, true);
	for (i = 0; i < 4; i++)
		assert_false(source_check(&s, &nat, i * 20000));
	assert_true(source_check(&s, &nat, i * 20000));
	assert_true(source_equal(&s.current, &nat, false));
	for (; i < 1000; i++)
		assert_false(source_check(&s, &thief, i * 20000));
	assert_false(source_check(&s, &private, i * 20000));
	/* A refresh of the session keeps who is already talking, even while
	 * somebody floods. */
	negotiate(&s, &private, true);
	for (i = 0; i < 50; i++)
		assert_false(source_check(&s, &thief, i * 100));
	assert_true(source_check(&s, &nat, 20000));
	assert_false(source_check(&s, &thief, 20001));
	/* A new address unlocks. */
	negotiate(&s, &thief, true);
	assert_true(source_check(&s, &thief, 0));
}

/* The host that signals, or that was negotiated, needs no proof and takes back
 * what a thief was quick to take; all that within the first seconds. */
static void the_likely_source_wins(void **state)
{
	struct sockaddr_storage private = address("192.168.1.5", 4000);
	struct sockaddr_storage likely = address("198.51.100.7", 5060);
	struct sockaddr_storage nat = address("198.51.100.7", 61000);
	struct sockaddr_storage other = address("198.51.100.7", 61002);
	struct sockaddr_storage thief = address("203.0.113.9", 1234);
	struct media_rtp m = { .remote = private, .learn = true, .likely = likely };
	struct rtp_source s = { 0 };

	source_set(&s, &m, 0);
	for (int i = 0; i < 4; i++)
		assert_false(source_check(&s, &thief, i * 20000));
	assert_true(source_check(&s, &thief, 80000));
	assert_true(source_check(&s, &nat, 100000));
	assert_false(source_check(&s, &thief, 120000));
	assert_false(source_check(&s, &other, 120000));
	assert_true(source_check(&s, &nat, 20000000));
	/* Too late: nobody is learnt any more, the negotiated one may come. */
	s = (struct rtp_source){ 0 };
	source_set(&s, &m, 0);
	for (int i = 0; i < 10; i++)
		assert_false(source_check(&s, &nat, SOURCE_LEARN + i * 20000));
	assert_true(source_check(&s, &private, 2 * SOURCE_LEARN));
	assert_false(source_check(&s, &nat, 2 * SOURCE_LEARN));
}

static void a_burst_teaches_nothing(void **state)
{
	struct sockaddr_storage a = address("192.168.1.5", 4000);
	struct sockaddr_storage b = address("198.51.100.7", 61000);
	struct rtp_source s = { 0 };

	negotiate(&s, &a, true);
	for (int i = 0; i < 50; i++)
		assert_false(source_check(&s, &b, i * 1000));
	assert_true(source_check(&s, &a, 50000));
	assert_false(source_check(&s, &b, 70000));
}

/* ------------------------------------------------------------------- events */

static void event_is_sent_by_the_book(void **state)
{
	struct event_sender s;
	struct event_packet p;
	int last = 0, ends = 0, count = 0;

	event_start(&s, '#', 1000);
	while (event_next(&s, 160, &p)) {
		int duration = p.data[2] << 8 | p.data[3];

		assert_int_equal(p.timestamp, 1000);
		assert_int_equal(p.marker, count == 0);
		assert_int_equal(p.data[0], 11);
		if (p.data[1] & 0x80) {
			if (ends++)
				assert_int_equal(duration, last);
		} else {
			assert_true(duration > last);
		}
		last = duration;
		if (++count == 5)
			event_end(&s);
		assert_true(count < 20);
	}
	assert_int_equal(ends, 3);
	assert_int_equal(last, 6 * 160);
	assert_int_equal(s.digit, 0);
}

static void long_event_goes_on_in_segments(void **state)
{
	struct event_sender s;
	struct event_receiver r = { 0 };
	struct event_packet p;
	unsigned began = 0, ended = 0, ms = 0;
	char digit = 0;

	event_start(&s, '5', 0xffff0000);	/* wraps on its way */
	for (int i = 0; event_next(&s, 160, &p); i++) {
		struct event_result n = event_put(&r, p.timestamp, p.marker,
						  p.data, 4);

		began += n.news & EVENT_BEGAN ? 1 : 0;
		if (n.news & EVENT_ENDED) {
			ended++;
			digit = n.ended;
			ms = n.ms;
		}
		if (i == 999)
			event_end(&s);
	}
	assert_int_equal(began, 1);
	assert_int_equal(ended, 1);
	assert_int_equal(digit, '5');
	assert_in_range(ms, 19900, 20100);
}

static struct event_result put(struct event_receiver *r, uint32_t ts, int event,
			       bool end, int duration)
{
	uint8_t d[4] = { (uint8_t)event, end ? 0x8a : 0x0a,
			 (uint8_t)(duration >> 8), (uint8_t)duration };

	return event_put(r, ts, false, d, 4);
}

static void lost_and_late_event_packets(void **state)
{
	struct event_receiver r = { 0 };
	struct event_result n;

	assert_int_equal(put(&r, 100, 1, false, 160).news, EVENT_BEGAN);
	assert_int_equal(put(&r, 100, 1, false, 480).news, 0);
	assert_int_equal(put(&r, 100, 1, false, 320).news, 0);	/* overtaken */
	/* All its ends lost: the next one ends it. */
	n = put(&r, 2000, 1, false, 160);
	assert_int_equal(n.news, EVENT_BEGAN | EVENT_ENDED);
	assert_true(r.active);
	assert_int_equal(n.ended, '1');
	assert_int_equal(n.ms, 60);
	n = put(&r, 2000, 1, true, 800);
	assert_int_equal(n.news, EVENT_ENDED);
	assert_int_equal(n.ms, 100);
	assert_int_equal(put(&r, 2000, 1, true, 800).news, 0);
	assert_int_equal(put(&r, 100, 1, false, 640).news, 0);	/* very late */
	/* Only the end arrived. */
	n = put(&r, 9000, 16, true, 800);
	assert_int_equal(n.news, EVENT_BEGAN | EVENT_ENDED);
	assert_false(r.active);
	assert_int_equal(n.ended, 'F');
	/* No further packet at all. */
	assert_int_equal(put(&r, 20000, 15, false, 400).news, EVENT_BEGAN);
	n = event_timeout(&r);
	assert_int_equal(n.ended, 'D');
	assert_int_equal(n.ms, 50);
	assert_int_equal(event_timeout(&r).news, 0);
	/* No digit, too short. */
	assert_int_equal(put(&r, 30000, 66, false, 400).news, 0);
	assert_int_equal(event_put(&r, 40000, true, (uint8_t[4]) { 1 }, 3).news, 0);
}

/* ------------------------------------------------------------------ reports */

static void reports_go_round(void **state)
{
	struct rtcp a, b;
	uint8_t data[RTCP_MAX];
	int64_t us = 1000000, real = 1700000000000000;
	size_t n;

	rtcp_init(&a, 0xaaaa, "a@example", us);
	rtcp_init(&b, 0xbbbb, "b@example", us);
	/* b hears 100 packets of a, ten of which are lost. */
	for (int i = 0; i < 100; i++) {
		rtcp_sent(&a, 160);
		if (i % 10 != 5)
			rtcp_heard(&b, 0xaaaa, (uint16_t)(65500 + i),
				   (uint32_t)i * 160, us + i * 20000 +
				   (i % 2) * 2000);
	}
	us += 2000000;
	real += 2000000;
	n = rtcp_build(&a, data, 16000, us, real, false);
	assert_int_equal(n % 4, 0);
	assert_int_equal(data[1], 200);
	assert_int_equal(rtcp_parse(&b, data, n, us + 30000, real + 30000), 0);
	/* b answers 500 ms later; it has sent nothing, so RR. */
	us += 530000;
	real += 530000;
	n = rtcp_build(&b, data, 0, us, real, false);
	assert_int_equal(data[1], 201);
	assert_int_equal(rtcp_parse(&a, data, n, us + 30000, real + 30000), 0);
	assert_int_equal(a.remote_lost, 10);
	assert_in_range(a.round_trip_ms, 58, 62);
	assert_in_range(rtcp_jitter_ms(&b), 1, 2);
	/* BYE: the other one no longer reports about it. */
	n = rtcp_build(&a, data, 16000, us, real, true);
	assert_int_equal(rtcp_parse(&b, data, n, us, real), 0);
	assert_true(b.ended);
	n = rtcp_build(&b, data, 0, us, real, false);
	assert_int_equal(data[0], 0x80);
}

static void malformed_reports_are_refused(void **state)
{
	struct rtcp a;
	uint8_t data[RTCP_MAX], copy[RTCP_MAX];
	size_t n;

	rtcp_init(&a, 1, "a", 0);
	rtcp_sent(&a, 1);
	rtcp_heard(&a, 2, 1, 1, 1);
	n = rtcp_build(&a, data, 0, 0, 1700000000000000, true);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(rtcp_parse(&a, data, i, 0, 0), i == 52 ? 0 :
				 i && i == n - 8 ? 0 : -EINVAL);
	memcpy(copy, data, n);
	copy[3]++;		/* a length that leads astray */
	assert_int_equal(rtcp_parse(&a, copy, n, 0, 0), -EINVAL);
	memcpy(copy, data, n);
	copy[1] = 203;		/* begins with BYE */
	assert_int_equal(rtcp_parse(&a, copy, n, 0, 0), -EINVAL);
}

static void reports_are_due_irregularly(void **state)
{
	struct rtcp a;
	int64_t last = 0, us;
	unsigned count = 0, equal = 0, gap = 0;

	rtcp_init(&a, 77, "a", 0);
	for (us = 0; us < 600000000; us += 100000) {
		if (!rtcp_due(&a, us))
			continue;
		equal += (unsigned)(us - last) == gap;
		gap = (unsigned)(us - last);
		if (count++)
			assert_in_range(gap, 1900000, 6300000);
		last = us;
	}
	assert_in_range(count, 120, 180);
	assert_true(equal < count / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_goes_round),
		cmocka_unit_test(lengths_are_checked),
		cmocka_unit_test(only_the_negotiated_source),
		cmocka_unit_test(learns_once_and_never_again),
		cmocka_unit_test(the_likely_source_wins),
		cmocka_unit_test(a_burst_teaches_nothing),
		cmocka_unit_test(event_is_sent_by_the_book),
		cmocka_unit_test(long_event_goes_on_in_segments),
		cmocka_unit_test(lost_and_late_event_packets),
		cmocka_unit_test(reports_go_round),
		cmocka_unit_test(malformed_reports_are_refused),
		cmocka_unit_test(reports_are_due_irregularly),
	};

	return cmocka_run_group_tests_name("media-rtp", tests, NULL, NULL);
}
