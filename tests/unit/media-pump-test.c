/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The pump with fake lines and real RTP on loopback: voice, digits, sources. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "media-rig.h"
#include "media/dialler.h"
#include "media/digits.h"

static const char line0[] = "line 0", line1[] = "line 1", sip[] = "sip",
		  sip2[] = "sip 2";
static struct peer peer, other;
static int16_t said[16000];

static void peer_says(unsigned seed)
{
	speech_like(said, 16000, seed);
	peer.voice = said;
	peer.length = 16000;
	peer.sending = true;
}

static void voice_crosses_both_ways(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_stats st;
	struct media_rtp set;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	speech_like(fake_port[0].in, 16000, 1);
	peer_says(2);
	assert_int_equal(ops->rtp_set(rtp, &set), 0);
	assert_int_equal(ops->join(line, rtp), 0);
	rig_run(r, 2200, &peer, NULL);
	assert_int_equal(rig_count(r, sip, MEDIA_RTP_FIRST), 1);
	assert_true(match(fake_port[0].in, 2400, 4000, peer.heard,
			  peer.heard_n) > 0.95);
	assert_true(match_pieces(said, 4000, 6000, fake_port[0].out,
				 fake_now()) > 0.9);
	ops->stats(rtp, &st);
	assert_in_range(st.sent, 100, 112);
	assert_in_range(st.received, 100, 112);
	assert_int_equal(st.strangers, 0);
	assert_true(st.rx_level > -600 && st.rx_level < -50);
	/* Split: nothing more arrives. */
	ops->split(line);
	rig_run(r, 100, &peer, NULL);
	peer.packets = 0;
	rig_run(r, 200, &peer, NULL);
	assert_int_equal(peer.packets, 0);
	rig_free(r, rtp);
	rig_free(r, line);
	close(peer.fd);
}

/* Samples by which the timestamps of the packets go on too far. */
static uint32_t jumps(const struct peer *p)
{
	uint32_t sum = 0;

	for (unsigned i = 1; i < p->packets; i++)
		sum += p->packet[i].timestamp - p->packet[i - 1].timestamp - 160;
	return sum;
}

/* Six standstills; true: no clock moved. */
static bool stand_still(struct rig *r, struct media_end *rtp)
{
	struct media_stats st;

	peer.packets = 0;
	rig_run(r, 500, &peer, NULL);
	for (int i = 0; i < 6; i++)
		rig_stall(r, 60 + 30 * i, 300, &peer);
	assert_true(peer.packets > 100);
	r->media->ops->stats(rtp, &st);
	return !jumps(&peer) && st.delay_ms <= 80;
}

/* What the card kept meanwhile lacks no time: the voice goes on where it was, and
 * what came from the network is as old as it is. A machine that stands still longer
 * than it was told to gets another chance. */
static void standstills_move_no_clock(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_rtp set;
	bool still = false;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	peer_says(2);
	ops->rtp_set(rtp, &set);
	ops->join(line, rtp);
	for (int i = 0; i < 5 && !still; i++) {
		peer.at = 0;
		still = stand_still(r, rtp);
	}
	assert_true(still);
	/* What nobody kept is lost: the clock jumps. */
	peer.packets = 0;
	rig_run(r, 100, &peer, NULL);
	usleep(300000);
	rig_run(r, 800, &peer, NULL);
	assert_in_range(jumps(&peer), 1600, 16000);
	rig_free(r, rtp);
	rig_free(r, line);
	close(peer.fd);
}

static void either_law_is_understood(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_rtp set;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	set.codec = CODEC_PCMA;
	set.payload = 8;
	set.ptime = 30;
	speech_like(fake_port[0].in, 16000, 3);
	peer_says(4);	/* mu-law for now, then A-law in mid-stream */
	ops->rtp_set(rtp, &set);
	ops->join(rtp, line);
	rig_run(r, 800, &peer, NULL);
	peer.alaw = true;
	rig_run(r, 800, &peer, NULL);
	assert_true(match_pieces(said, 1600, 4000, fake_port[0].out,
				 fake_now()) > 0.9);
	assert_true(match_pieces(said, 7600, 4000, fake_port[0].out,
				 fake_now()) > 0.9);
	assert_int_equal(peer.packet[5].payload, 8);
	assert_int_equal(peer.packet[6].timestamp - peer.packet[5].timestamp,
			 240);
	assert_true(match(fake_port[0].in, 2400, 2400, peer.heard,
			  peer.heard_n) > 0.95);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
}

/* ------------------------------------------------------------------- digits */

static void dial_into(int16_t *to, const char *digits, unsigned on, unsigned off)
{
	struct dialler d = { 0 };

	dialler_add_string(&d, digits, on, off);
	while (dialler_run(&d, to, 80))
		to += 80;
}

/* The DTMF in what was heard, by spandsp's receiver. */
static void digits_in(const int16_t *s, size_t n, char *to, unsigned *ms)
{
	struct digits d;

	digits_init(&d);
	for (size_t at = 0; at + 80 <= n; at += 80) {
		digits_run(&d, s + at, 80);
		for (unsigned i = 0; i < d.changes; i++)
			if (!d.change[i].began) {
				*to++ = d.change[i].digit;
				if (ms)
					*ms++ = d.change[i].samples / 8;
			}
	}
	*to = 0;
}

/* Digits among the packets: each begins with a marker, grows, ends thrice. */
static void events_in(const struct peer *p, char *to, unsigned *ms)
{
	static const char names[] = "0123456789*#ABCDF";
	uint32_t timestamp = 0;
	unsigned ends = 0;
	int last = -1;
	char *begin = to;

	for (unsigned i = 0; i < p->packets; i++) {
		const struct peer_packet *k = &p->packet[i];
		int duration = k->data[2] << 8 | k->data[3];

		if (k->payload != 101)
			continue;
		if (to == begin || k->timestamp != timestamp) {
			assert_true(to == begin || ends == 3);
			assert_true(k->marker);
			timestamp = k->timestamp;
			*to++ = names[k->data[0]];
			ends = 0;
			last = 0;
		} else {
			assert_false(k->marker);
		}
		if (k->data[1] & 0x80)
			ends++;
		assert_true(ends > 1 ? duration == last : duration > last);
		last = duration;
		if (ms)
			ms[to - begin - 1] = (unsigned)duration / 8;
	}
	assert_true(to == begin || ends == 3);
	*to = 0;
}

static void line_digits_become_events(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	char got[64];
	unsigned ms[64];
	struct media_rtp set;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	dial_into(fake_port[0].in + 1600, "159#", 120, 130);
	ops->rtp_set(rtp, &set);
	ops->detect(line, DETECT_DIGITS);
	ops->relay_digits(line, true);
	ops->join(line, rtp);
	rig_run(r, 1600, &peer, NULL);
	events_in(&peer, got, ms);
	assert_string_equal(got, "159#");
	for (int i = 0; i < 4; i++)
		assert_in_range(ms[i], 80, 180);
	digits_in(peer.heard, peer.heard_n, got, NULL);
	assert_string_equal(got, "");
	assert_int_equal(rig_count(r, line0, MEDIA_DIGIT), 4);
	assert_int_equal(rig_last(r, line0, MEDIA_DIGIT)->digit.digit, '#');
	assert_int_equal(rig_last(r, line0, MEDIA_DIGIT)->digit.source, DIGIT_DTMF);
	/* Where the far end takes no events they stay in the voice. */
	set.event_payload = 0;
	ops->rtp_set(rtp, &set);
	rig_run(r, 100, &peer, NULL);
	peer.packets = 0;
	dial_into(fake_port[0].in + fake_now() + 800, "26", 120, 130);
	memset(peer.heard, 0, sizeof(peer.heard));
	rig_run(r, 800, &peer, NULL);
	digits_in(peer.heard, peer.heard_n, got, NULL);
	assert_string_equal(got, "26");
	events_in(&peer, got, NULL);
	assert_string_equal(got, "");
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
}

static void send_event(struct rig *r, int code, unsigned packets, bool ends,
		       uint32_t timestamp)
{
	uint8_t d[4] = { (uint8_t)code, 10, 0, 0 };

	for (unsigned i = 1; i <= packets + 3; i++) {
		unsigned n = (i < packets ? i : packets) * 160;

		d[1] = i > packets ? 0x8a : 10;
		d[2] = (uint8_t)(n >> 8);
		d[3] = (uint8_t)n;
		if (i <= packets || ends)
			peer_send(&peer, d, 4, 101, i == 1, timestamp);
		rig_run(r, 20, &peer, NULL);
	}
}

static void events_become_line_digits(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	unsigned ms[64], from;
	char got[64];
	struct media_rtp set;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	ops->rtp_set(rtp, &set);
	ops->relay_digits(line, true);
	ops->join(line, rtp);
	rig_run(r, 60, &peer, NULL);
	send_event(r, 7, 10, true, 10000);	/* 200 ms */
	send_event(r, 11, 2, true, 20000);	/* 40 ms: lengthened */
	send_event(r, 3, 5, false, 30000);	/* its end is lost */
	rig_run(r, 400, &peer, NULL);
	digits_in(fake_port[0].out, fake_now(), got, ms);
	assert_string_equal(got, "7#3");
	assert_in_range(ms[0], 180, 230);
	assert_in_range(ms[1], 55, 100);
	assert_in_range(ms[2], 80, 300);
	assert_int_equal(rig_count(r, sip, MEDIA_DIGIT), 3);
	assert_int_equal(rig_last(r, sip, MEDIA_DIGIT)->digit.source,
			 DIGIT_RFC4733);
	/* Without relay they are told, and the line hears nothing. */
	ops->relay_digits(line, false);
	from = (unsigned)fake_now();
	send_event(r, 16, 5, true, 40000);
	send_event(r, 5, 5, true, 50000);
	rig_run(r, 100, &peer, NULL);
	digits_in(fake_port[0].out + from, fake_now() - from, got, NULL);
	assert_string_equal(got, "");
	assert_int_equal(rig_count(r, sip, MEDIA_DIGIT), 5);
	assert_int_equal(rig_last(r, sip, MEDIA_DIGIT)->digit.digit, '5');
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
}

static void dial_and_digit(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 1, line1), *rtp;
	struct media_dial d = { .digits = "9w18*", .on_ms = 80, .off_ms = 60 };
	struct media_rtp set;
	char got[64];

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	assert_int_equal(ops->dial(line, &d), 0);
	rig_run(r, 1200, &peer, NULL);
	assert_int_equal(rig_count(r, line1, MEDIA_DIALLED), 1);
	digits_in(fake_port[1].out, fake_now(), got, NULL);
	assert_string_equal(got, "918*");
	/* Events through RTP, paced by the timer; then as sound. */
	ops->rtp_set(rtp, &set);
	assert_int_equal(ops->digit(rtp, '4', 100), 0);
	assert_int_equal(ops->digit(rtp, 'F', 0), 0);
	assert_int_equal(ops->dial(rtp, &d), 0);
	rig_run(r, 2200, &peer, NULL);
	events_in(&peer, got, NULL);
	assert_string_equal(got, "4F918*");
	assert_int_equal(rig_count(r, sip, MEDIA_DIALLED), 1);
	set.event_payload = 0;
	ops->rtp_set(rtp, &set);
	ops->digit(rtp, '8', 100);
	peer.packets = 0;
	rig_run(r, 300, &peer, NULL);
	digits_in(peer.heard, peer.heard_n, got, NULL);
	assert_string_equal(got, "8");
	assert_int_equal(ops->digit(line, 'x', 100), -EINVAL);
	strcpy(d.digits, "12F");
	assert_int_equal(ops->dial(line, &d), -EINVAL);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
}

/* ------------------------------------------------------------------ sources */

static void strangers_are_not_heard(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_stats st;
	struct media_rtp set;

	peer_open(&peer);
	peer_open(&other);
	rtp = rig_rtp(r, &peer, sip, &set);
	other.to = peer.to;
	speech_like(said, 16000, 5);
	other.voice = said;
	other.length = 16000;
	other.sending = true;
	ops->rtp_set(rtp, &set);
	ops->join(line, rtp);
	rig_run(r, 1200, &peer, &other);
	ops->stats(rtp, &st);
	assert_int_equal(st.received, 0);
	assert_in_range(st.strangers, 50, 62);
	assert_int_equal(rig_count(r, sip, MEDIA_RTP_FIRST), 0);
	for (size_t i = 0; i < fake_now(); i++)
		assert_in_range(fake_port[0].out[i] + 8, 0, 16);
	assert_true(peer.packets > 40);
	assert_int_equal(other.packets, 0);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
	close(other.fd);
}

static void the_source_is_learnt_once(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_stats st;
	struct media_rtp set;

	peer_open(&peer);
	peer_open(&other);
	rtp = rig_rtp(r, &peer, sip, &set);
	other.to = peer.to;
	set.learn = true;
	((struct sockaddr_in *)&set.remote)->sin_addr.s_addr = htonl(0x7f000002);
	peer_says(6);
	ops->rtp_set(rtp, &set);
	ops->join(line, rtp);
	rig_run(r, 500, &peer, &other);
	assert_true(peer.packets > 12);		/* the reply goes back there */
	other.sending = true;
	rig_run(r, 800, &peer, &other);
	ops->stats(rtp, &st);
	assert_true(st.strangers > 30);
	assert_int_equal(other.packets, 0);
	assert_true(match_pieces(said, 2400, 6000, fake_port[0].out,
				 fake_now()) > 0.9);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
	close(other.fd);
}

static void a_dead_session_is_told_once(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *line = rig_line(r, 0, line0), *rtp;
	struct media_rtp set;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	peer_says(7);
	set.dead_s = 1;
	ops->rtp_set(rtp, &set);
	ops->join(line, rtp);
	rig_run(r, 1500, &peer, NULL);
	assert_int_equal(rig_count(r, sip, MEDIA_RTP_DEAD), 0);
	peer.sending = false;
	rig_run(r, 3200, &peer, NULL);
	assert_int_equal(rig_count(r, sip, MEDIA_RTP_DEAD), 1);
	/* Not while we listen to nothing. */
	peer.sending = true;
	rig_run(r, 100, &peer, NULL);
	set.receive = false;
	ops->rtp_set(rtp, &set);
	peer.sending = false;
	rig_run(r, 2500, &peer, NULL);
	assert_int_equal(rig_count(r, sip, MEDIA_RTP_DEAD), 1);
	rig_free(r, line);
	rig_free(r, rtp);
	close(peer.fd);
}

/* --------------------------------------------------------------- other joins */

static void rtp_to_rtp_and_tones(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct tone beep = { .count = 1, .loop = 1, .level = -100,
			     .segment = { { { 1000 }, 300, false } } };
	struct media_end *a, *b;
	struct media_rtp set;

	peer_open(&peer);
	peer_open(&other);
	a = rig_rtp(r, &peer, sip, &set);
	ops->rtp_set(a, &set);
	b = rig_rtp(r, &other, sip2, &set);
	set.codec = CODEC_PCMA;
	set.payload = 8;
	ops->rtp_set(b, &set);
	/* A tone without any join. */
	ops->play(a, &beep);
	rig_run(r, 500, &peer, &other);
	assert_int_equal(rig_count(r, sip, MEDIA_PLAYED), 1);
	assert_in_range(peer.heard_n, 2400, 2560);
	assert_int_equal(other.packets, 0);
	ops->join(a, b);
	peer_says(8);
	rig_run(r, 1500, &peer, &other);
	assert_true(match_pieces(said, 2400, 6000, other.heard,
				 other.heard_n) > 0.9);
	assert_true(other.packets > 65);
	rig_free(r, a);
	rig_free(r, b);
	close(peer.fd);
	close(other.fd);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(voice_crosses_both_ways),
		T(standstills_move_no_clock),
		T(either_law_is_understood),
		T(line_digits_become_events),
		T(events_become_line_digits),
		T(dial_and_digit),
		T(strangers_are_not_heard),
		T(the_source_is_learnt_once),
		T(a_dead_session_is_told_once),
		T(rtp_to_rtp_and_tones),
	};

	return cmocka_run_group_tests_name("media-pump", tests, NULL, NULL);
}
