/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What a line's end does with its port, and that no event and no end is lost. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "media-rig.h"
#include "media/callerid.h"

static const char fxs[] = "fxs", fxo[] = "fxo", sip[] = "sip";
static struct peer peer;

static void lines_talk_to_each_other(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 0, fxs), *b = rig_line(r, 1, fxo);
	struct media_stats st;

	speech_like(fake_port[0].in, 24000, 1);
	speech_like(fake_port[1].in, 24000, 2);
	assert_int_equal(ops->join(a, a), -EINVAL);
	assert_int_equal(ops->join(a, b), 0);
	rig_run(r, 2200, NULL, NULL);
	assert_true(match(fake_port[0].in, 2400, 4000, fake_port[1].out,
			  fake_now()) > 0.99);
	assert_true(match(fake_port[1].in, 2400, 4000, fake_port[0].out,
			  fake_now()) > 0.99);
	ops->stats(a, &st);
	assert_int_equal(st.slips, 0);
	assert_true(st.rx_level > -500 && st.tx_level > -500);
	rig_free(r, a);
	rig_free(r, b);
}

static void idle_lines_are_not_read(void **state)
{
	struct rig *r = *state;
	struct media_end *a = rig_line(r, 0, fxs);

	rig_run(r, 300, NULL, NULL);
	assert_int_equal(fake_port[0].written, 0);
	fake_event(0, LINE_EVENT_OFF_HOOK, 0);
	assert_true(rig_wait(r, MEDIA_LINE, 1));
	assert_int_equal(rig_last(r, fxs, MEDIA_LINE)->line.type,
			 LINE_EVENT_OFF_HOOK);
	rig_free(r, a);
}

static void tone_goes_before_the_voice(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct tone busy = { .count = 2, .loop = 0, .level = -200, .segment = {
		{ { 480, 620 }, 500, false }, { { 0 }, 500, false } } };
	struct tone beep = { .count = 1, .loop = 1, .level = -100,
			     .segment = { { { 1000 }, 200, false } } };
	struct media_end *a = rig_line(r, 0, fxs), *b = rig_line(r, 1, fxo);
	size_t from;

	speech_like(fake_port[1].in, 40000, 3);
	ops->join(a, b);
	ops->play(a, &busy);
	rig_run(r, 1500, NULL, NULL);
	assert_true(match(fake_port[1].in, 2400, 2400, fake_port[0].out,
			  fake_now()) < 0.5);
	assert_int_equal(rig_count(r, fxs, MEDIA_PLAYED), 0);
	ops->play(a, &beep);
	rig_run(r, 400, NULL, NULL);
	assert_int_equal(rig_count(r, fxs, MEDIA_PLAYED), 1);
	from = fake_now();
	rig_run(r, 800, NULL, NULL);
	assert_true(match(fake_port[1].in, from, 2400, fake_port[0].out,
			  fake_now()) > 0.99);
	ops->play(a, &busy);
	assert_int_equal(ops->play(a, NULL), 0);
	rig_free(r, a);
	rig_free(r, b);
}

static void gains_apply(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_port_conf c = { .rx_gain = -60, .tx_gain = 30 };
	struct media_end *a = rig_line(r, 0, fxs), *b = rig_line(r, 1, fxo);
	struct tone hum = { .count = 1, .loop = 0, .level = -160,
			    .segment = { { { 1000 }, 0, false } } };
	struct media_stats st;

	for (int i = 0; i < 24000; i++)
		fake_port[0].in[i] = i % 8 < 4 ? 2000 : -2000;
	assert_int_equal(ops->conf(a, &c), 0);
	ops->join(a, b);
	ops->play(a, &hum);
	rig_run(r, 2200, NULL, NULL);
	ops->stats(a, &st);
	/* A square of 2000 is -18.1 dBm0. */
	assert_in_range(st.rx_level + 1000, 1000 - 244, 1000 - 238);
	assert_in_range(st.tx_level + 1000, 1000 - 133, 1000 - 127);
	rig_free(r, a);
	rig_free(r, b);
}

static void canceller_is_changed_in_a_call(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_port_conf c = { 0 };
	struct media_end *a = rig_line(r, 0, fxs), *b = rig_line(r, 1, fxo);
	struct media_stats st;

	speech_like(fake_port[1].in, 60000, 4);
	ops->join(a, b);
	for (int i = 0; i < 20; i++) {
		c.echo_ms = (uint16_t)(i % 3 * 32);
		assert_int_equal(ops->conf(a, &c), 0);
		rig_run(r, 30, NULL, NULL);
	}
	c.echo_ms = 32;
	ops->conf(a, &c);
	/* The line gives back a part of what it got a frame ago. */
	for (int i = 0; i < 300; i++) {
		size_t now = fake_now();

		for (size_t k = 0; k < 80 && now >= 160; k++)
			fake_port[0].in[now + k] =
				fake_port[0].out[now - 80 + k] / 4;
		rig_run(r, 10, NULL, NULL);
	}
	ops->stats(a, &st);
	assert_true(st.erle > 60);
	rig_free(r, a);
	rig_free(r, b);
}

/* ------------------------------------------------------------- port requests */

static void requests_reach_the_port(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 0, fxs), *b = rig_line(r, 1, fxo);
	struct media_ring ring = { .cadence = { { 2000, 4000 }, 2, 0 } };
	struct port_state s;
	char log[2048];

	assert_int_equal(ops->ring(a, &ring), 0);
	assert_int_equal(ops->ring(b, &ring), -ENOTSUP);
	assert_int_equal(ops->hook(b, true), 0);
	assert_int_equal(ops->hook(a, true), -ENOTSUP);
	assert_int_equal(ops->flash(b, 500), 0);
	assert_int_equal(ops->digit(b, 'F', 0), 0);
	assert_int_equal(ops->digit(a, 'F', 0), -ENOTSUP);
	assert_int_equal(ops->battery(a, 300), 0);
	assert_int_equal(ops->polarity(a, true), 0);
	assert_int_equal(ops->set(b, PORT_RX_GAIN, -35), 0);
	rig_run(r, 60, NULL, NULL);
	assert_int_equal(ops->state(a, &s), 0);
	assert_true(s.ringing && s.reversed && !s.off_hook);
	assert_int_equal(s.kind, PORT_FXS);
	ops->state(b, &s);
	assert_true(s.off_hook);
	rig_free(r, a);
	rig_free(r, b);
	fake_log(0, log, sizeof(log));
	assert_string_equal(log, "ring:2 battery:300 polarity:1 ring:0 polarity:0 ");
	fake_log(1, log, sizeof(log));
	assert_string_equal(log, "hook:1 flash:500 flash:0 set:-35 hook:0 ");
	assert_false(fake_port[0].open || fake_port[1].open);
}

static void a_refused_request_asks_for_a_look(void **state)
{
	struct rig *r = *state;
	struct media_end *b = rig_line(r, 1, fxo);

	fake_port[1].fail = -EIO;
	r->media->ops->hook(b, true);
	assert_true(rig_wait(r, MEDIA_LINE, 1));
	assert_int_equal(rig_last(r, fxo, MEDIA_LINE)->line.type,
			 LINE_EVENT_RESYNC);
	fake_port[1].fail = 0;
	rig_free(r, b);
}

static void pulse_dialling_goes_on_after_waits(void **state)
{
	struct rig *r = *state;
	struct media_end *b = rig_line(r, 1, fxo);
	struct media_dial d = { .digits = "9w12", .method = DIAL_PULSE };
	char log[2048];

	assert_int_equal(r->media->ops->dial(b, &d), 0);
	rig_run(r, 100, NULL, NULL);
	fake_log(1, log, sizeof(log));
	assert_string_equal(log, "pulse:9 ");
	fake_event(1, LINE_EVENT_DIALLED, 0);
	rig_run(r, 400, NULL, NULL);
	fake_log(1, log, sizeof(log));
	assert_string_equal(log, "pulse:9 ");
	rig_run(r, 200, NULL, NULL);
	fake_log(1, log, sizeof(log));
	assert_string_equal(log, "pulse:9 pulse:12 ");
	assert_int_equal(rig_count(r, fxo, MEDIA_DIALLED), 0);
	fake_event(1, LINE_EVENT_DIALLED, 0);
	assert_true(rig_wait(r, MEDIA_DIALLED, 1));
	fake_event(1, LINE_EVENT_PULSE_DIGIT, '7');
	assert_true(rig_wait(r, MEDIA_DIGIT, 1));
	assert_int_equal(rig_last(r, fxo, MEDIA_DIGIT)->digit.digit, '7');
	assert_int_equal(rig_last(r, fxo, MEDIA_DIGIT)->digit.source, DIGIT_PULSE);
	rig_free(r, b);
}

static void caller_id_goes_between_rings(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 0, fxs), *b = rig_line(r, 1, fxo);
	struct media_ring ring = {
		.cadence = { { 2000, 4000 }, 2, 0 },
		.way = { CALLERID_BELLCORE, ALERT_RING, 0, 0 },
		.from = { .number = "5551234567", .name = "Ann Caller" },
		.when = 951782400,
	};
	const struct media_event *ev;
	size_t from;

	assert_int_equal(ops->ring(a, &ring), 0);
	rig_run(r, 100, NULL, NULL);
	assert_int_equal(fake_port[0].written, 0);
	fake_event(0, LINE_EVENT_BURST_END, 0);
	rig_run(r, 20, NULL, NULL);
	from = fake_now();
	rig_run(r, 1800, NULL, NULL);
	assert_int_equal(rig_count(r, fxs, MEDIA_LINE), 1);
	/* The other port hears what this one sent. */
	assert_int_equal(ops->detect(b, DETECT_CALLERID), 0);
	rig_run(r, 20, NULL, NULL);
	memcpy(fake_port[1].in + fake_now() + 160, fake_port[0].out + from,
	       1800 * 8 * sizeof(int16_t));
	rig_run(r, 2000, NULL, NULL);
	ev = rig_last(r, fxo, MEDIA_CALLERID);
	assert_non_null(ev);
	assert_string_equal(ev->party.number, "5551234567");
	assert_string_equal(ev->party.name, "Ann Caller");
	/* Only once; and it stops at once when the phone is lifted. */
	from = fake_port[0].written;
	fake_event(0, LINE_EVENT_BURST_END, 0);
	rig_run(r, 100, NULL, NULL);
	assert_int_equal(fake_port[0].written, from);
	ops->ring(a, &ring);
	rig_run(r, 20, NULL, NULL);
	fake_event(0, LINE_EVENT_BURST_END, 0);
	rig_run(r, 800, NULL, NULL);
	fake_event(0, LINE_EVENT_OFF_HOOK, 0);
	rig_run(r, 50, NULL, NULL);
	from = fake_port[0].written;
	rig_run(r, 100, NULL, NULL);
	assert_int_equal(fake_port[0].written, from);
	rig_free(r, a);
	rig_free(r, b);
}

/* SIN 227: reversal, alert tone, data, and only then ringing. */
static void british_caller_id_goes_first(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 0, fxs);
	struct media_ring ring = {
		.cadence = { { 400, 200, 400, 2000 }, 4, 0 },
		.way = { CALLERID_UK, ALERT_POLARITY, 0, 0 }, .from = { .number = "02071234567" },
	};
	struct callerid *rx = callerid_new(CALLERID_UK);
	enum callerid_news news = CALLERID_NOTHING;
	struct party p;
	char log[2048];

	assert_int_equal(ops->ring(a, &ring), 0);
	rig_run(r, 800, NULL, NULL);
	fake_log(0, log, sizeof(log));
	assert_string_equal(log, "polarity:1 set:4000 ");
	rig_run(r, 1400, NULL, NULL);
	fake_log(0, log, sizeof(log));
	assert_string_equal(log, "polarity:1 set:4000 polarity:0 ring:4 ");
	for (size_t at = 0; at < fake_now() && !news; at += 80)
		news = callerid_run(rx, fake_port[0].out + at, 80, &p);
	assert_int_equal(news, CALLERID_COMPLETE);
	assert_string_equal(p.number, "02071234567");
	callerid_free(rx);
	/* Given up before it rang: it does not ring. */
	ops->ring(a, NULL);
	ops->ring(a, &ring);
	rig_run(r, 300, NULL, NULL);
	ops->ring(a, NULL);
	rig_run(r, 2000, NULL, NULL);
	fake_log(0, log, sizeof(log));
	assert_null(strstr(log + 40, "ring:4"));
	rig_free(r, a);
}

/* ----------------------------------------------------------------- mishaps */

static void short_reads_are_counted_and_survived(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 0, fxs);
	struct media_stats s;

	ops->detect(a, DETECT_DIGITS);
	rig_run(r, 200, NULL, NULL);
	ops->stats(a, &s);
	assert_int_equal(s.overruns, 0);
	fake_port[0].less = 43;
	rig_run(r, 200, NULL, NULL);
	fake_port[0].less = 0;
	rig_run(r, 200, NULL, NULL);
	ops->stats(a, &s);
	assert_in_range(s.overruns, 10, 30);
	/* Told once, though it comes again. */
	assert_true(rig_wait(r, MEDIA_TROUBLE, 1));
	fake_port[0].less = 43;
	rig_run(r, 1500, NULL, NULL);
	fake_port[0].less = 0;
	assert_int_equal(rig_count(r, fxs, MEDIA_TROUBLE), 1);
	assert_int_equal(rig_last(r, fxs, MEDIA_TROUBLE)->trouble.what,
			 TROUBLE_SHORT_READS);
	rig_free(r, a);
}

static void a_silent_card_is_an_alarm(void **state)
{
	struct rig *r = *state;
	const struct media_ops *ops = r->media->ops;
	struct media_end *a = rig_line(r, 0, fxs), *rtp;
	const struct media_event *ev;
	struct media_stats st;
	struct media_rtp set;
	struct port_state s;
	unsigned had;

	peer_open(&peer);
	rtp = rig_rtp(r, &peer, sip, &set);
	ops->rtp_set(rtp, &set);
	ops->join(a, rtp);
	rig_run(r, 200, &peer, NULL);
	fake_port[0].stuck = true;
	rig_run(r, 3600, &peer, NULL);
	assert_int_equal(rig_count(r, fxs, MEDIA_LINE), 1);
	ev = rig_last(r, fxs, MEDIA_LINE);
	assert_int_equal(ev->line.type, LINE_EVENT_ALARM);
	assert_int_equal(ev->line.value, ALARM_SILENT);
	ops->state(a, &s);
	assert_int_equal(s.alarm, ALARM_SILENT);
	/* The call ends by it; the card is listened to all the same. */
	ops->split(a);
	rig_run(r, 300, &peer, NULL);
	fake_port[0].stuck = false;
	rig_run(r, 200, &peer, NULL);
	assert_int_equal(rig_last(r, fxs, MEDIA_LINE)->line.type,
			 LINE_EVENT_ALARM_CLEARED);
	ops->stats(a, &st);
	assert_int_equal(st.silences, 1);
	ops->join(a, rtp);
	had = peer.packets;
	rig_run(r, 300, &peer, NULL);
	assert_true(peer.packets > had + 10);
	rig_free(r, a);
	rig_free(r, rtp);
	close(peer.fd);
}

static void no_event_is_lost_for_good(void **state)
{
	struct rig *r = *state;
	struct media_end *a = rig_line(r, 0, fxs);
	unsigned lines = 0, resyncs = 0;
	struct media_counters c;

	/* 10000 events that nobody fetches; the mailbox holds 2048. */
	for (int i = 0; i < 10000; i++) {
		while (fake_pending(0) >= 60)
			usleep(100);
		fake_event(0, i % 2 ? LINE_EVENT_ON_HOOK : LINE_EVENT_OFF_HOOK, 0);
	}
	usleep(100000);
	for (int i = 0; i < 40; i++) {
		rig_events(r);
		usleep(5000);
	}
	for (unsigned i = 0; i < r->events; i++)
		if (r->event[i].ev.type == MEDIA_LINE) {
			lines++;
			resyncs += r->event[i].ev.line.type == LINE_EVENT_RESYNC;
		}
	media_counters(r->media, &c);
	assert_true(c.events_lost > 0);
	assert_int_equal(lines - resyncs + c.events_lost, 10000);
	assert_true(resyncs >= 1);
	assert_int_equal(rig_last(r, fxs, MEDIA_LINE)->line.type,
			 LINE_EVENT_RESYNC);
	rig_free(r, a);
}

static void ports_that_do_not_exist(void **state)
{
	struct rig *r = *state;
	struct port_conf pc = { 0 };
	struct media_port_conf c = { 0 };
	char why[200];

	assert_null(r->media->ops->port_new(r->media, "nope/1", &pc, &c, NULL,
					    NULL, why, sizeof(why)));
	assert_non_null(strstr(why, "nope/1"));
	assert_null(r->media->ops->port_new(r->media, "fake/77", &pc, &c, NULL,
					    NULL, why, sizeof(why)));
	assert_non_null(strstr(why, "fake/77"));
}

static void rtp_ports_run_out(void **state)
{
	struct rig *r = *state;
	struct media_rtp_conf c = { .port_min = 43000, .port_max = 43007 };
	struct media_end *e[5] = { 0 };
	unsigned seen = 0;

	c.local.ss_family = AF_INET;
	for (int i = 0; i < 4; i++) {
		e[i] = r->media->ops->rtp_new(r->media, &c, NULL, NULL);
		assert_non_null(e[i]);
		assert_int_equal(r->media->ops->rtp_port(e[i]) % 2, 0);
		seen |= 1u << (r->media->ops->rtp_port(e[i]) - 43000);
	}
	assert_int_equal(seen, 0x55);
	assert_null(r->media->ops->rtp_new(r->media, &c, NULL, NULL));
	assert_int_equal(errno, EADDRINUSE);
	/* Freed with the room, their owners unheard. */
}

/* ------------------------------------------------------------- random commands */

static uint32_t seed = 42;

static unsigned any(unsigned below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void anything(struct rig *r, struct media_end **e, struct media_rtp *set)
{
	const struct media_ops *ops = r->media->ops;
	static const struct tone tone = { .count = 1, .loop = 1, .level = -100,
		.segment = { { { 400 }, 30, false } } };
	struct media_dial d = { .digits = "12", .on_ms = 40, .off_ms = 40,
				.method = any(4) ? DIAL_DTMF : DIAL_PULSE };
	struct media_port_conf c = { .echo_ms = (uint16_t)(any(3) * 16),
				     .rx_gain = (int16_t)any(60) };
	struct media_ring ring = { .cadence = { { 100, 100 }, 2, 0 },
				   .way = { any(6), any(5), 'A', 'C' }, .from = { "1", "n", 0 } };
	unsigned n = any(8);
	struct media_end *x = e[n];
	struct media_stats st;

	switch (any(18)) {
	case 0:
		ops->free(x);
		/* A port opens again when the old end is gone. */
		for (int i = 0; n < 4 && fake_port[n].open && i < 2000; i++)
			rig_events(r);
		r->events = 0;
		e[n] = n < 4 ? rig_line(r, n, fxs)
			     : rig_rtp(r, &peer, sip, &set[n]);
		break;
	case 1: case 2: case 3:
		ops->join(x, e[any(8)]);
		break;
	case 4: ops->split(x); break;
	case 5: case 6:
		set[n].codec = 1 + (int)any(2);
		set[n].payload = set[n].codec == CODEC_PCMA ? 8 : 0;
		set[n].ptime = (uint16_t)(any(8) * 10);
		set[n].learn = any(2);
		set[n].send = any(4);
		set[n].receive = any(4);
		ops->rtp_set(x, &set[n]);
		break;
	case 7: ops->play(x, any(3) ? &tone : NULL); break;
	case 8: ops->dial(x, &d); break;
	case 9: ops->digit(x, "0#AF"[any(4)], any(200)); break;
	case 10: ops->detect(x, any(16)); break;
	case 11: ops->relay_digits(x, any(2)); break;
	case 12: ops->conf(x, &c); break;
	case 13: ops->hook(x, any(2)); break;
	case 14: ops->ring(x, any(2) ? &ring : NULL); break;
	case 15: ops->stats(x, &st); break;
	case 16: ops->set(x, PORT_RX_GAIN, 3); break;
	case 17:
		fake_event(any(4), 1 + (int)any(LINE_EVENT_RESYNC), (int)any(3));
		break;
	}
}

static void random_commands_break_nothing(void **state)
{
	struct rig *r = *state;
	struct media_end *e[8];
	struct media_rtp set[8];

	peer_open(&peer);
	for (unsigned i = 0; i < 4; i++)
		speech_like(fake_port[i].in, 80000, i);
	for (unsigned i = 0; i < 8; i++)
		e[i] = i < 4 ? rig_line(r, i, fxs)
			     : rig_rtp(r, &peer, sip, &set[i]);
	for (int i = 0; i < 8000; i++) {
		anything(r, e, set);
		r->events = 0;
		if (i % 4)
			continue;
		fake_run(1);
		rig_events(r);
		peer_receive(&peer);
		peer_send(&peer, "abcdefghijkl", any(12), (uint8_t)any(128),
			  any(2), (uint32_t)i * 80);
	}
	close(peer.fd);
	/* The rest is media_free()'s, leaks are the sanitizer's to find. */
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		T(lines_talk_to_each_other),
		T(idle_lines_are_not_read),
		T(tone_goes_before_the_voice),
		T(gains_apply),
		T(canceller_is_changed_in_a_call),
		T(requests_reach_the_port),
		T(a_refused_request_asks_for_a_look),
		T(pulse_dialling_goes_on_after_waits),
		T(caller_id_goes_between_rings),
		T(british_caller_id_goes_first),
		T(short_reads_are_counted_and_survived),
		T(a_silent_card_is_an_alarm),
		T(no_event_is_lost_for_good),
		T(ports_that_do_not_exist),
		T(rtp_ports_run_out),
		T(random_commands_break_nothing),
	};

	return cmocka_run_group_tests_name("media-line", tests, NULL, NULL);
}
