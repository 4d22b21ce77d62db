/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The jitter buffer on arrival patterns made up for it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/jitter.h"

#define MOST 4000

/* A stream of packets of one voice, and when each arrives (in samples; below
 * zero: never). */
struct stream {
	unsigned count, size;	/* packets, samples each */
	uint16_t seq;
	uint32_t timestamp;
	int64_t arrival[MOST];
	uint32_t jump[MOST];	/* added to the timestamp from here on */
	bool marker[MOST];
};

struct outcome {
	struct jitter j;
	int16_t *out;
	size_t n;
	unsigned most_delay, least_delay;	/* ms, after the first second */
};

static struct stream st;
static struct outcome oc;
static uint32_t seed;

static unsigned any(unsigned below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

/* A voice whose period wanders, so that places can be told apart. */
static int16_t voice(uint64_t i)
{
	double t = (double)i / 8000;

	return (int16_t)(6000 * sin(2 * M_PI * (150 * t + 20 * sin(3 * t))) +
			 3000 * sin(2 * M_PI * (450 * t + 60 * sin(3 * t))));
}

static void plain(unsigned count, unsigned size)
{
	memset(&st, 0, sizeof(st));
	seed = 1;
	st.count = count;
	st.size = size;
	st.seq = 65500;
	st.timestamp = 0xffffc000;
	for (unsigned i = 0; i < count; i++)
		st.arrival[i] = 1000 + (int64_t)i * size;
}

/* In the order of arrival, as a socket gives them. */
static void deliver(unsigned *done, bool *given, int64_t now)
{
	for (unsigned i = *done; i < st.count && i < *done + 40; i++) {
		int16_t s[480];
		uint32_t ts = st.timestamp + i * st.size;

		if (given[i] || st.arrival[i] < 0 || st.arrival[i] > now)
			continue;
		for (unsigned k = 0; k <= i; k++)
			ts += st.jump[k];
		for (unsigned k = 0; k < st.size; k++)
			s[k] = voice(i * st.size + k);
		jitter_put(&oc.j, (uint16_t)(st.seq + i), ts, st.marker[i], s,
			   st.size, st.arrival[i]);
		given[i] = true;
	}
	while (*done < st.count && (given[*done] || st.arrival[*done] < 0))
		++*done;
}

static void play(unsigned least_ms, unsigned most_ms)
{
	static bool given[MOST];
	int64_t end = (int64_t)st.count * st.size + 1000;
	unsigned done = 0;

	memset(given, 0, sizeof(given));
	free(oc.out);
	memset(&oc, 0, sizeof(oc));
	oc.least_delay = 10000;
	oc.out = calloc((size_t)end + 80, sizeof(*oc.out));
	jitter_init(&oc.j, least_ms, most_ms);
	for (int64_t now = 0; now < end; now += 80) {
		unsigned delay;

		deliver(&done, given, now);
		jitter_pull(&oc.j, oc.out + now, 80, now);
		oc.n = (size_t)now + 80;
		if (now < 16000)
			continue;
		delay = jitter_delay_ms(&oc.j);
		if (delay > oc.most_delay)
			oc.most_delay = delay;
		if (delay < oc.least_delay)
			oc.least_delay = delay;
	}
}

/* How much of the output, frame by frame, is a piece of the voice as it was
 * said within `reach` samples before. */
static double intact(size_t from, size_t reach)
{
	unsigned good = 0, all = 0;

	for (size_t at = from; at + 80 < oc.n; at += 800, all++) {
		bool found = false;

		for (size_t lag = 0; lag < reach && !found; lag++) {
			found = at >= lag;
			for (size_t i = 0; i < 80 && found; i++)
				found = oc.out[at + i] == voice(at - lag + i);
		}
		good += found;
	}
	return (double)good / all;
}

static void steady_stream_is_untouched(void **state)
{
	static const unsigned sizes[] = { 80, 160, 240, 480 };

	for (int i = 0; i < 4; i++) {
		plain(1600 * 80 / sizes[i], sizes[i]);
		play(20, 200);
		assert_int_equal(oc.j.stats.lost, 0);
		assert_int_equal(oc.j.stats.late, 0);
		assert_int_equal(oc.j.stats.stretched + oc.j.stats.shrunk, 0);
		assert_in_range(oc.most_delay, 20, 40);
		assert_true(intact(4000, 2000) == 1);
	}
}

static void jitter_is_covered_and_given_back(void **state)
{
	plain(3400, 160);
	for (unsigned i = 200; i < 1000; i++)
		st.arrival[i] += any(480);		/* up to 60 ms */
	play(20, 200);
	assert_true(oc.j.stats.late + oc.j.stats.lost < 12);
	assert_in_range(oc.most_delay, 60, 90);
	/* Calm again: the delay comes back within a minute. */
	assert_in_range(jitter_delay_ms(&oc.j), 20, 45);
	assert_true(oc.j.stats.shrunk > 0);
}

/* A packet that is late now and then: what is said in between is neither cut
 * nor stretched each time. */
static void rare_jitter_is_remembered(void **state)
{
	plain(3000, 160);
	for (unsigned i = 50; i < 3000; i += 450)	/* every 9 s */
		st.arrival[i] += 320;
	play(20, 200);
	assert_int_equal(oc.j.stats.shrunk, 0);
	assert_true(oc.j.stats.concealed < 800);
	assert_in_range(oc.j.stats.late, 0, 1);	/* the first */
}

/* The line's clock stands still for a moment and catches up, so packets seem
 * early: no reason to cut anything out. */
static void a_passing_burst_is_left_alone(void **state)
{
	plain(1500, 160);
	for (unsigned i = 300; i < 303; i++)
		st.arrival[i] -= 160;
	play(40, 200);
	assert_int_equal(oc.j.stats.shrunk + oc.j.stats.stretched, 0);
	assert_true(intact(4000, 2000) == 1);
}

/* The first packet was held up: its delay is not everybody's. */
static void a_late_start_costs_no_delay(void **state)
{
	plain(200, 160);
	for (unsigned i = 0; i < 5; i++)
		st.arrival[i] = st.arrival[5];
	play(20, 200);
	assert_in_range(oc.most_delay, 19, 45);
	assert_int_equal(oc.j.stats.late, 0);
}

static void loss_is_concealed_and_counted(void **state)
{
	unsigned lost = 0;

	plain(1000, 160);
	for (unsigned i = 50; i < 990; i++)
		if (any(20) == 0) {
			st.arrival[i] = -1;
			lost++;
		}
	for (unsigned i = 400; i < 405; i++) {	/* a burst of 100 ms */
		lost += st.arrival[i] >= 0;
		st.arrival[i] = -1;
	}
	play(20, 200);
	assert_int_equal(oc.j.stats.lost, lost);
	assert_in_range(oc.j.stats.concealed, lost * 160, lost * 160 + 800);	/* the start, too */
	assert_int_equal(oc.j.stats.late, 0);
	assert_in_range(oc.most_delay, 20, 45);
}

static void reordered_and_doubled_packets(void **state)
{
	plain(800, 160);
	for (unsigned i = 100; i < 700; i += 7)	/* overtaken by the next */
		st.arrival[i] = st.arrival[i + 1] + 8;
	play(40, 200);
	assert_int_equal(oc.j.stats.lost, 0);
	assert_int_equal(oc.j.stats.late, 0);
	assert_true(intact(4000, 2000) == 1);
	/* The same packet twice. */
	assert_int_equal(oc.j.stats.duplicate, 0);
	plain(100, 160);
	play(40, 200);
	{
		int16_t s[160] = { 0 };
		uint32_t ts = st.timestamp + 100 * 160;

		jitter_put(&oc.j, (uint16_t)(st.seq + 100), ts, false, s, 160,
			   17000);
		jitter_put(&oc.j, (uint16_t)(st.seq + 100), ts, false, s, 160,
			   17000);
	}
	assert_int_equal(oc.j.stats.duplicate, 1);
	assert_int_equal(oc.j.stats.lost, 0);
}

/* An hour at 100 ppm, either way: the delay neither grows nor runs out. */
static void clocks_may_drift_for_an_hour(void **state)
{
	static struct jitter j;
	int16_t s[160], out[80];
	int64_t next;

	for (int sign = -1; sign <= 1; sign += 2) {
		unsigned most = 0, i = 0;

		jitter_init(&j, 20, 200);
		for (int64_t now = 0; now < 3600LL * 8000; now += 80) {
			next = 800 + (int64_t)((double)i * 160 *
					       (1 + sign * 1e-4));
			if (next <= now) {
				for (int k = 0; k < 160; k++)
					s[k] = voice(i * 160ull + (unsigned)k);
				jitter_put(&j, (uint16_t)i, i * 160, false, s,
					   160, next);
				i++;
			}
			jitter_pull(&j, out, 80, now);
			if (now > 80000 && jitter_delay_ms(&j) > most)
				most = jitter_delay_ms(&j);
		}
		assert_in_range(most, 20, 75);
		assert_int_equal(j.stats.late, 0);
		assert_int_equal(j.stats.restarts, 0);
		/* 2880 samples went, give or take a mend. */
		assert_in_range(sign < 0 ? j.stats.shrunk : j.stats.stretched,
				2500, 3600);
		assert_in_range(sign < 0 ? j.stats.stretched : j.stats.shrunk,
				0, 400);
		/* What is heard stays whole: a mend, no gap. */
		assert_true(j.stats.concealed < 400);
	}
}

static void pauses_are_no_loss(void **state)
{
	plain(1000, 160);
	/* Silence suppression: 0.5 s without packets, then a marker; time goes
	 * on, numbers do not. */
	for (unsigned i = 0; i < 1000; i++)
		st.arrival[i] += (int64_t)(i / 100) * 4000;
	for (unsigned i = 100; i < 1000; i += 100) {
		st.jump[i] = 4000;
		st.marker[i] = true;
	}
	play(20, 200);
	assert_int_equal(oc.j.stats.lost, 0);
	assert_int_equal(oc.j.stats.late, 0);
	assert_int_equal(oc.j.stats.restarts, 0);
	assert_in_range(oc.most_delay, 20, 45);
}

static void another_time_base_restarts(void **state)
{
	plain(600, 160);
	st.jump[200] = 0x40000000;
	st.jump[400] = 0x80000123;
	play(20, 200);
	assert_in_range(oc.j.stats.restarts, 2, 2);
	assert_int_equal(oc.j.stats.late, 0);
	assert_in_range(jitter_delay_ms(&oc.j), 20, 45);
}

static void a_longer_path_is_followed(void **state)
{
	plain(1500, 160);
	for (unsigned i = 300; i < 1500; i++)
		st.arrival[i] += 2400;		/* 300 ms more, for good */
	play(20, 200);
	assert_true(oc.j.stats.late < 20);
	assert_in_range(jitter_delay_ms(&oc.j), 20, 60);
}

static void a_standstill_leaves_no_delay(void **state)
{
	plain(2800, 160);
	for (unsigned i = 300; i < 330; i++)	/* 600 ms all at once */
		st.arrival[i] = st.arrival[330];
	play(20, 200);
	assert_in_range(jitter_delay_ms(&oc.j), 20, 60);
	assert_in_range(oc.most_delay, 20, 260);
}

/* Nothing that comes off the wire may break it. */
static void noise_is_survived(void **state)
{
	static struct jitter j;
	int16_t s[480] = { 0 }, out[320];

	seed = 7;
	jitter_init(&j, 0, 400);
	for (int i = 0; i < 200000; i++) {
		uint32_t ts = any(4) ? (uint32_t)i * 160 + any(4000)
				     : any(1 << 24) << 8;

		jitter_put(&j, (uint16_t)any(65536), ts, any(2), s,
			   any(490), i * 80 + (int)any(100000) - 50000);
		if (any(2))
			jitter_pull(&j, out, any(5) * 80, i * 80);
	}
	assert_true(jitter_delay_ms(&j) < 100000);
}

static int fini(void **state)
{
	free(oc.out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steady_stream_is_untouched),
		cmocka_unit_test(jitter_is_covered_and_given_back),
		cmocka_unit_test(rare_jitter_is_remembered),
		cmocka_unit_test(a_passing_burst_is_left_alone),
		cmocka_unit_test(a_late_start_costs_no_delay),
		cmocka_unit_test(loss_is_concealed_and_counted),
		cmocka_unit_test(reordered_and_doubled_packets),
		cmocka_unit_test(clocks_may_drift_for_an_hour),
		cmocka_unit_test(pauses_are_no_loss),
		cmocka_unit_test(another_time_base_restarts),
		cmocka_unit_test(a_longer_path_is_followed),
		cmocka_unit_test(a_standstill_leaves_no_delay),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests_name("media-jitter", tests, NULL, fini);
}
