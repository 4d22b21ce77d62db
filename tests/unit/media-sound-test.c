/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What is made and what is heard: law, levels, tones, progress, fax. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/fax.h"
#include "media/law.h"
#include "media/osc.h"
#include "media/player.h"
#include "media/progress.h"
#include "media/slipring.h"
#include "media/spectrum.h"

#define SECONDS 60

static int16_t pcm[SECONDS * 8000];
static struct media_event fact[1000];
static unsigned facts;
static uint32_t seed;

static int setup(void **state)
{
	law_init();
	osc_init();
	spectrum_init();
	return 0;
}

static double noise_sample(void)
{
	double sum = 0;

	for (int i = 0; i < 4; i++) {
		seed = seed * 1664525u + 1013904223u;
		sum += (double)(seed >> 8) / 8388608.0 - 1;
	}
	return sum * sqrt(3.0 / 4);	/* variance 1 */
}

/* Adds a sum of sines, each of `level` dBm0, from sample a to b. */
static void sines(size_t a, size_t b, double level, double f1, double f2)
{
	double peak = OSC_DBM0_PEAK * pow(10, level / 20);

	for (size_t i = a; i < b; i++) {
		double v = peak * sin(2 * M_PI * f1 * (double)i / 8000);

		if (f2 > 0)
			v += peak * sin(2 * M_PI * f2 * (double)i / 8000 + 1);
		pcm[i] = (int16_t)lrint(fmax(-32768, fmin(32767, pcm[i] + v)));
	}
}

static void hiss(size_t a, size_t b, double level)
{
	double rms = OSC_DBM0_PEAK * pow(10, level / 20) / sqrt(2);

	for (size_t i = a; i < b; i++)
		pcm[i] = (int16_t)(pcm[i] + lrint(noise_sample() * rms));
}

/* ---------------------------------------------------------------------- law */

static void law_is_transparent(void **state)
{
	for (int i = 0; i < 256; i++) {
		assert_int_equal(law_ulaw(law_from_ulaw[i]), i);
		assert_int_equal(law_alaw(law_from_alaw[i]), i);
	}
	for (int s = -32768; s < 32768; s++) {
		int u = law_from_ulaw[law_ulaw((int16_t)s)];
		int a = law_from_alaw[law_alaw((int16_t)s)];
		int step = abs(s) / 16 + 8;

		assert_true(abs(u - s) <= step || abs(s) > 32124);
		assert_true(abs(a - s) <= step + 8 || abs(s) > 32256);
	}
	assert_int_equal(law_from_ulaw[0x80], 32124);
	assert_int_equal(law_from_alaw[0xaa], 32256);
	assert_int_equal(law_ulaw(0), 0xff);
	assert_int_equal(law_alaw(0), 0xd5);
}

/* ------------------------------------------------------------------- player */

static void tone_has_its_level_and_cadence(void **state)
{
	struct tone t = { .count = 2, .loop = 0, .level = -130, .segment = {
		{ .frequency = { 480, 620 }, .ms = 500 }, { .ms = 500 } } };
	struct player p = { 0 };
	size_t total = 0;

	player_start(&p, &t);
	for (int i = 0; i < 300; i++, total += 80)
		assert_true(player_run(&p, pcm + total, 80));
	for (size_t at = 0; at + 8000 <= total; at += 8000) {
		/* -13 dBm0 each is -10 dBm0 together */
		assert_in_range(level_dbm0(level_squares(pcm + at, 4000), 4000) +
				100, 0, 3);
		assert_true(pcm[at + 3998] || pcm[at + 3999]);
		for (size_t i = 4000; i < 8000; i++)
			assert_int_equal(pcm[at + i], 0);
		assert_true(pcm[at + 1] != 0);
	}
}

static void tone_ends_where_it_says(void **state)
{
	struct tone t = { .count = 3, .loop = 3, .level = -100, .segment = {
		{ .frequency = { 950 }, .ms = 330 },
		{ .frequency = { 1400 }, .ms = 330 },
		{ .frequency = { 1800 }, .ms = 331 } } };
	struct player p = { 0 };
	size_t total = 0;

	player_start(&p, &t);
	while (player_run(&p, pcm + total, 80))
		total += 80;
	total += 80;
	assert_int_equal(total, 7920 + 80);
	assert_true(pcm[7926] || pcm[7927]);
	assert_int_equal(pcm[7928], 0);
	assert_false(player_run(&p, pcm, 80));
	/* Segments without length that loop for ever do not hang the pump. */
	t = (struct tone) { .count = 1, .loop = 0, .level = -100 };
	player_start(&p, &t);
	assert_true(player_run(&p, pcm, 80));
}

/* ----------------------------------------------------------------- progress */

static const struct tone plan[TONE_COUNT] = {
	[TONE_DIAL] = { .count = 1, .segment = { { { 350, 440 }, 0, false } } },
	[TONE_RINGBACK] = { .count = 2, .segment = {
		{ { 440, 480 }, 2000, false }, { { 0 }, 4000, false } } },
	[TONE_BUSY] = { .count = 2, .segment = {
		{ { 480, 620 }, 500, false }, { { 0 }, 500, false } } },
	[TONE_CONGESTION] = { .count = 2, .segment = {
		{ { 425 }, 250, false }, { { 0 }, 250, false } } },
	[TONE_SIT] = { .count = 3, .segment = { { { 950 }, 330, false },
		{ { 1400 }, 330, false }, { { 1800 }, 330, false } } },
	[TONE_SECOND_DIAL] = { .count = 1, .segment = {
		{ { 400, 16 }, 0, true } } },
};

static void note(void *arg, const struct media_event *ev)
{
	if (facts < 1000)
		fact[facts++] = *ev;
}

static void listen_to(size_t n)
{
	struct progress *p = progress_new(plan, 0);

	facts = 0;
	for (size_t at = 0; at + 80 <= n; at += 80)
		progress_run(p, pcm + at, 80, 100000 + at + 80, note, NULL);
	progress_free(p);
}

static const struct media_event *tone(unsigned n, bool ended)
{
	for (unsigned i = 0; i < facts; i++)
		if (fact[i].type == MEDIA_TONE && fact[i].tone.ended == ended &&
		    !n--)
			return &fact[i];
	return NULL;
}

static unsigned count(enum media_event_type type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < facts; i++)
		n += fact[i].type == type;
	return n;
}

static bool near(double a, double b, double tolerance)
{
	return fabs(a - b) <= tolerance;
}

static void check_busy(double level, double snr, double error)
{
	size_t n = 6 * 8000;

	memset(pcm, 0, sizeof(pcm));
	seed = 3;
	if (snr > 0)
		hiss(0, n, level + 3 - snr);
	for (int i = 0; i < 5; i++)
		sines(4000 + (size_t)i * 8000 + (size_t)i * 7,
		      8000 + (size_t)i * 8000 + (size_t)i * 7, level,
		      480 * error, 620 * error);
	listen_to(n);
	for (unsigned i = 0; i < 5; i++) {
		const struct media_event *ev = tone(i, true);

		assert_non_null(ev);
		assert_true(near(ev->tone.frequency[0], 480 * error, 3));
		assert_true(near(ev->tone.frequency[1], 620 * error, 3));
		assert_int_equal(ev->tone.frequency[2], 0);
		assert_true(near(ev->tone.on_ms, 500, 12));
		assert_true(near(ev->tone.off_ms, 500, 12));
		assert_true(near((double)ev->sample,
				 108000 + i * 8007, 100));
		assert_true(near(ev->tone.level, (level + 3) * 10, 15));
	}
	assert_null(tone(5, true));
	assert_int_equal(count(MEDIA_SPEECH), 0);
}

static void busy_tone(void **state)
{
	check_busy(-10, 0, 1);
	check_busy(-20, 30, 1);
	check_busy(-35, 20, 1);
	check_busy(-35, 20, 1.03);
	check_busy(-15, 20, 0.97);
}

static void dial_tone_goes_on(void **state)
{
	const struct media_event *ev;

	memset(pcm, 0, sizeof(pcm));
	seed = 4;
	hiss(0, 80000, -55);
	sines(8000, 72000, -20, 350, 440);
	listen_to(80000);
	ev = tone(0, false);
	assert_non_null(ev);
	assert_true(near(ev->tone.frequency[0], 350, 3));
	assert_true(near(ev->tone.frequency[1], 440, 3));
	assert_true(near(ev->tone.on_ms, 500, 30));
	assert_in_range(count(MEDIA_TONE), 8, 10);
	ev = tone(0, true);
	assert_true(near(ev->tone.on_ms, 8000, 15));
	assert_in_range(count(MEDIA_SILENCE), 1, 2);
	assert_int_equal(count(MEDIA_SPEECH), 0);
}

static void close_and_short_tones(void **state)
{
	memset(pcm, 0, sizeof(pcm));
	seed = 5;
	hiss(0, 40000, -50);
	sines(8000, 24000, -19, 440, 480);
	sines(28000, 28800, -15, 425, 0);	/* 100 ms on and off */
	sines(29600, 30400, -15, 425, 0);
	sines(31200, 32000, -15, 425, 0);
	listen_to(40000);
	assert_true(near(tone(0, true)->tone.frequency[0], 440, 3));
	assert_true(near(tone(0, true)->tone.frequency[1], 480, 3));
	assert_true(near(tone(0, true)->tone.on_ms, 2000, 12));
	for (unsigned i = 1; i < 4; i++) {
		assert_non_null(tone(i, true));
		assert_true(near(tone(i, true)->tone.frequency[0], 425, 3));
		assert_int_equal(tone(i, true)->tone.frequency[1], 0);
		assert_true(near(tone(i, true)->tone.on_ms, 100, 12));
	}
	assert_true(near(tone(2, true)->tone.off_ms, 100, 12));
}

static void tones_without_gap(void **state)
{
	static const int hz[3] = { 950, 1400, 1800 };

	memset(pcm, 0, sizeof(pcm));
	seed = 6;
	hiss(0, 24000, -55);
	for (size_t i = 0; i < 3; i++)
		sines(8000 + i * 2640, 8000 + (i + 1) * 2640, -15, hz[i], 0);
	listen_to(24000);
	for (unsigned i = 0; i < 3; i++) {
		const struct media_event *ev = tone(i, true);

		assert_non_null(ev);
		assert_true(near(ev->tone.frequency[0], hz[i], 3));
		assert_true(near(ev->tone.on_ms, 330, 15));
		if (i)
			assert_true(ev->tone.off_ms < 5);
	}
}

static void modulated_and_unplanned_tones(void **state)
{
	memset(pcm, 0, sizeof(pcm));
	seed = 8;
	hiss(0, 40000, -55);
	for (size_t i = 8000; i < 16000; i++)
		pcm[i] = (int16_t)(pcm[i] + 3000 * sin(2 * M_PI * 400 * i / 8e3) *
				   (1 + 0.9 * sin(2 * M_PI * 16 * i / 8e3)));
	sines(24000, 32000, -15, 1000, 0);
	listen_to(40000);
	assert_non_null(tone(0, true));
	assert_true(near(tone(0, true)->tone.frequency[0], 400, 3));
	assert_true(near(tone(0, true)->tone.on_ms, 1000, 30));
	assert_non_null(tone(1, true));
	assert_true(near(tone(1, true)->tone.frequency[0], 1000, 8));
}

/* Vowels: harmonics of a wandering pitch under formants. */
static void vowels(size_t a, size_t b)
{
	double phase = 0, gain = 0, goal = 1000, f1 = 500, f2 = 1500;

	for (size_t i = a; i < b; i++) {
		double t = (double)i / 8000, v = 0;
		double pitch = 120 + 30 * sin(2 * M_PI * 0.7 * t) +
			       8 * sin(2 * M_PI * 5 * t);

		if (i % 1200 == 0) {
			goal = (i / 1200) % 3 ? 1500 + fmod(t * 977, 2000) : 0;
			f1 = 300 + fmod(t * 1733, 500);
			f2 = 900 + fmod(t * 3331, 1400);
		}
		gain += (goal - gain) * 0.005;
		phase += 2 * M_PI * pitch / 8000;
		for (int h = 1; h * pitch < 3400; h++)
			v += sin(phase * h) *
			     (1 / (1 + pow((h * pitch - f1) / 90, 2)) +
			      0.5 / (1 + pow((h * pitch - f2) / 120, 2)) + 0.01);
		pcm[i] = (int16_t)fmax(-32000, fmin(32000, pcm[i] + v * gain));
	}
}

static void speech_is_no_tone(void **state)
{
	unsigned ms = 0;

	memset(pcm, 0, sizeof(pcm));
	seed = 9;
	hiss(0, 50 * 8000, -50);
	vowels(8000, 48 * 8000);
	listen_to(50 * 8000);

	assert_int_equal(count(MEDIA_TONE), 0);
	for (unsigned i = 0; i < facts; i++)
		if (fact[i].type == MEDIA_SPEECH) {
			ms += fact[i].span.ms;
			assert_true(fact[i].span.ms <= 1500);
		}
	assert_in_range(ms, 15000, 45000);
	assert_in_range(count(MEDIA_SPEECH), 10, 120);
}

static void silence_is_told_each_second(void **state)
{
	memset(pcm, 0, sizeof(pcm));
	seed = 10;
	hiss(0, 80000, -60);
	listen_to(80000);
	assert_in_range(count(MEDIA_SILENCE), 9, 10);
	assert_int_equal(facts, count(MEDIA_SILENCE));
	assert_true(near(fact[3].span.level, -600, 10));
	/* A loud line's noise is learnt to be silence, too. */
	memset(pcm, 0, sizeof(pcm));
	hiss(0, 30 * 8000, -38);
	listen_to(30 * 8000);
	assert_int_equal(count(MEDIA_TONE), 0);
	assert_true(fact[facts - 1].type == MEDIA_SILENCE);
}

/* ---------------------------------------------------------------------- fax */

static int fax_in(size_t n, unsigned *times)
{
	struct fax f;
	int found = 0, hz;

	fax_reset(&f);
	*times = 0;
	for (size_t at = 0; at + 80 <= n; at += 80) {
		hz = fax_run(&f, pcm + at);
		if (hz) {
			found = hz;
			++*times;
		}
	}
	return found;
}

static void fax_tones(void **state)
{
	static const int offset[3] = { -38, 0, 38 };
	unsigned times;

	for (int i = 0; i < 3; i++) {
		memset(pcm, 0, sizeof(pcm));
		seed = 11;
		hiss(0, 40000, -50);
		sines(4000, 8000, -25, 1100 + offset[i], 0);
		sines(32000, 36000, -25, 1100 + offset[i], 0);
		assert_int_equal(fax_in(40000, &times), 1100);
		assert_int_equal(times, 2);
	}
	/* ANSam: phase reversed each 450 ms. */
	memset(pcm, 0, sizeof(pcm));
	hiss(0, 40000, -50);
	sines(4000, 30000, -15, 2100, 0);
	for (size_t i = 4000; i < 30000; i++)
		if ((i - 4000) / 3600 % 2)
			pcm[i] = (int16_t)-pcm[i];
	assert_int_equal(fax_in(40000, &times), 2100);
	assert_int_equal(times, 1);
	/* Speech and busy tone are no fax. */
	memset(pcm, 0, sizeof(pcm));
	vowels(0, 40 * 8000);
	assert_int_equal(fax_in(40 * 8000, &times), 0);
	memset(pcm, 0, sizeof(pcm));
	sines(0, 40000, -15, 480, 620);
	assert_int_equal(fax_in(40000, &times), 0);
}

/* ----------------------------------------------------------------- slip ring */

static void slips_are_counted(void **state)
{
	struct slipring r = { 0 };
	int16_t s[80] = { 0 }, to[80];

	slipring_reset(&r);
	for (int i = 0; i < 1000; i++) {
		s[0] = (int16_t)i;
		slipring_put(&r, s, 80);
		slipring_get(&r, to, 80);
		if (i > 1)
			assert_int_equal(to[0], i - 1);
	}
	assert_int_equal(r.slips, 0);
	/* The writer is 1 % faster, then slower. */
	for (int i = 0; i < 10000; i++) {
		slipring_put(&r, s, 80);
		if (i % 100 == 0)
			slipring_put(&r, s, 80);
		slipring_get(&r, to, 80);
	}
	assert_in_range(r.slips, 10, 100);
	r.slips = 0;
	for (int i = 0; i < 10000; i++) {
		if (i % 100)
			slipring_put(&r, s, 80);
		slipring_get(&r, to, 80);
	}
	assert_in_range(r.slips, 50, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(law_is_transparent),
		cmocka_unit_test(tone_has_its_level_and_cadence),
		cmocka_unit_test(tone_ends_where_it_says),
		cmocka_unit_test(busy_tone),
		cmocka_unit_test(dial_tone_goes_on),
		cmocka_unit_test(close_and_short_tones),
		cmocka_unit_test(tones_without_gap),
		cmocka_unit_test(modulated_and_unplanned_tones),
		cmocka_unit_test(speech_is_no_tone),
		cmocka_unit_test(silence_is_told_each_second),
		cmocka_unit_test(fax_tones),
		cmocka_unit_test(slips_are_counted),
	};

	return cmocka_run_group_tests_name("media-sound", tests, setup, NULL);
}
