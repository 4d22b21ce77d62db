/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The DTMF receiver against ITU-T Q.24 annex A, all 16 digits at many places in
 * its steps: what must be taken and what must not, in each law and in none;
 * beside dial tones, and in what comes back from a hybrid.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "media-rig.h"
#include "media/digits.h"
#include "media/law.h"
#include "media/osc.h"

static const char all[] = "123A456B789C*0#D";
static const double low[4] = { 697, 770, 852, 941 };
static const double high[4] = { 1209, 1336, 1477, 1633 };

/* How a digit is sent; zeros: as it should be, 60 ms of -10 dBm0 each. */
struct sent {
	double low, high;		/* frequency error; */
	double hz;			/* and this much more of it */
	double level;			/* dBm0 of the lower tone */
	double twist;			/* dB, the higher tone above the lower */
	unsigned ms, pause_ms;
	unsigned hole_ms, hole_at;	/* ms after the beginning */
	double noise, speech;		/* dB below the lower tone; 0: none */
	double dial[2], dial_level;	/* Hz; dBm0 of each */
};

struct row {
	const char *what;
	struct sent s;
};

static int16_t pcm[8000 * 8];
static uint32_t seed;

static double next(double most)
{
	seed = seed * 1664525u + 1013904223u;
	return most * (seed >> 8) / 16777216;
}

static double peak(double dbm0)
{
	return OSC_DBM0_PEAK * pow(10, dbm0 / 20);
}

static void add(int16_t *to, size_t n, double hz, double dbm0)
{
	double phase = next(2 * M_PI), p = peak(dbm0);

	for (size_t i = 0; i < n; i++)
		to[i] = osc_clip((float)(to[i] + p * sin(phase + 2 * M_PI * hz *
							 (double)i / 8000)));
}

static double off(double hz, double part, double more)
{
	return hz + hz * part + (part < 0 ? -more : more);
}

static void add_noise(size_t n, double dbm0)
{
	double each = peak(dbm0) / M_SQRT2;

	for (size_t i = 0; i < n; i++) {
		double sum = -6;

		for (int k = 0; k < 12; k++)
			sum += next(1);
		pcm[i] = osc_clip((float)(pcm[i] + each * sum));
	}
}

static void add_speech(size_t n, double dbm0)
{
	static int16_t speech[sizeof(pcm) / sizeof(*pcm)];
	double gain;

	speech_like(speech, n, seed);
	gain = peak(dbm0) / M_SQRT2 / sqrt(level_squares(speech, n) / (double)n);
	for (size_t i = 0; i < n; i++)
		pcm[i] = osc_clip((float)(pcm[i] + gain * speech[i]));
}

static size_t make(const struct sent *s)
{
	double level = s->level < 0 ? s->level : s->level > 0 ? 0 : -10;
	unsigned on = (s->ms ? s->ms : 60) * 8;
	unsigned pause = (s->pause_ms ? s->pause_ms : 60) * 8;
	size_t n = (size_t)next(160);

	memset(pcm, 0, sizeof(pcm));
	for (unsigned d = 0; d < 16; d++) {
		n += pause;
		add(pcm + n, on, off(low[d / 4], s->low, s->hz), level);
		add(pcm + n, on, off(high[d % 4], s->high, s->hz),
		    level + s->twist);
		memset(pcm + n + s->hole_at * 8, 0, s->hole_ms * 16);
		n += on;
	}
	n += 1200;
	for (int i = 0; i < 2; i++)
		if (s->dial[i] > 0)
			add(pcm, n, s->dial[i], s->dial_level);
	if (s->noise > 0)
		add_noise(n, level - s->noise);
	if (s->speech > 0)
		add_speech(n, level - s->speech);
	return n;
}

static void code(size_t n, int law)
{
	for (size_t i = 0; i < n; i++)
		if (law == 1)
			pcm[i] = law_from_ulaw[law_ulaw(pcm[i])];
		else if (law == 2)
			pcm[i] = law_from_alaw[law_alaw(pcm[i])];
}

/* The lengths are within 5 ms of ms; 0: whatever they are. */
static void hear(const char *what, size_t n, char heard[64], unsigned ms)
{
	struct digits d;
	size_t count = 0;

	assert_in_range(n, 1, sizeof(pcm) / sizeof(*pcm) - 80);
	digits_init(&d);
	for (size_t at = 0; at < n; at += 80) {
		digits_run(&d, pcm + at, 80);
		for (unsigned i = 0; i < d.changes; i++) {
			unsigned long_ms = d.change[i].samples / 8;

			if (!d.change[i].began && ms &&
			    (long_ms + 5 < ms || long_ms > ms + 5))
				fail_msg("%s: %u ms", what, long_ms);
			if (d.change[i].began && count < 63)
				heard[count++] = d.change[i].digit;
		}
	}
	heard[count] = '\0';
}

static void try(const struct row *rows, size_t n, const char *expected)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < 12; k++) {
			const struct sent *s = &rows[i].s;
			bool exact = !s->hole_ms && s->speech == 0;
			char heard[64];
			size_t length;

			seed = 7 * k + 1;
			length = make(s);
			code(length, (int)k % 3);
			hear(rows[i].what, length, heard,
			     exact ? s->ms ? s->ms : 60 : 0);
			if (strcmp(heard, expected))
				fail_msg("%s, %u: \"%s\"", rows[i].what, k, heard);
		}
}

static void takes_what_it_must(void **state)
{
	static const struct row rows[] = {
		{ "plain", { .ms = 60 } },
		{ "+1.5 % + 2 Hz", { .low = .015, .high = .015, .hz = 2 } },
		{ "-1.5 % - 2 Hz", { .low = -.015, .high = -.015, .hz = 2 } },
		{ "apart", { .low = .015, .high = -.015, .hz = 2 } },
		{ "together", { .low = -.015, .high = .015, .hz = 2 } },
		{ "0 dBm0", { .level = 1 } },
		{ "-3 dBm0", { .level = -3 } },
		{ "-25 dBm0", { .level = -25 } },
		{ "-29 dBm0", { .level = -29 } },
		{ "-36 dBm0", { .level = -36 } },
		{ "higher tone 4 dB up", { .twist = 4 } },
		{ "higher tone 8 dB up", { .twist = 8 } },
		{ "higher tone 8 dB down", { .twist = -8 } },
		{ "8 dB down of -25 dBm0", { .twist = -8, .level = -25 } },
		{ "40 ms and 40 ms", { .ms = 40, .pause_ms = 40 } },
		{ "38 ms and 30 ms", { .ms = 38, .pause_ms = 30 } },
		{ "1 s", { .ms = 300, .pause_ms = 40 } },
		{ "all at once", { .ms = 40, .pause_ms = 40, .low = .015,
		  .high = -.015, .hz = 2, .twist = -6, .level = -19 } },
	};

	try(rows, sizeof(rows) / sizeof(*rows), all);
}

static void takes_nothing_that_it_must_not(void **state)
{
	static const struct row rows[] = {
		{ "+3.5 %", { .low = .035, .high = .035, .ms = 300 } },
		{ "-3.5 %", { .low = -.035, .high = -.035, .ms = 300 } },
		{ "+3 % of the lower", { .low = .03, .ms = 300 } },
		{ "-3 % of the lower", { .low = -.03, .ms = 300 } },
		{ "+3 % of the higher", { .high = .03, .ms = 300 } },
		{ "-3 % of the higher", { .high = -.03, .ms = 300 } },
		{ "-40 dBm0", { .level = -40 } },
		{ "-45 dBm0", { .level = -45, .ms = 300 } },
		{ "20 ms", { .ms = 20 } },
		{ "23 ms", { .ms = 23 } },
		{ "25 ms", { .ms = 25, .pause_ms = 25 } },
		{ "higher tone 11 dB up", { .twist = 11 } },
		{ "higher tone 11 dB down", { .twist = -11 } },
		{ "one tone only", { .twist = -60 } },
		{ "dial tone alone", { .level = -80, .dial = { 350, 440 },
		  .dial_level = -10 } },
		{ "busy tone alone", { .level = -80, .dial = { 480, 620 },
		  .dial_level = -10 } },
	};

	try(rows, sizeof(rows) / sizeof(*rows), "");
}

static void a_hole_makes_no_second_digit(void **state)
{
	static const struct row rows[] = {
		{ "1 ms", { .ms = 90, .hole_at = 45, .hole_ms = 1 } },
		{ "5 ms", { .ms = 90, .hole_at = 45, .hole_ms = 5 } },
		{ "10 ms", { .ms = 90, .hole_at = 45, .hole_ms = 10 } },
		{ "10 ms early", { .ms = 90, .hole_at = 20, .hole_ms = 10 } },
		{ "10 ms soon", { .ms = 90, .hole_at = 32, .hole_ms = 10 } },
		{ "10 ms late", { .ms = 90, .hole_at = 75, .hole_ms = 10 } },
	};

	try(rows, sizeof(rows) / sizeof(*rows), all);
}

/* The tones of every country, as loud as each of the digit's, and 6 dB louder;
 * what comes back of -10 dBm0 through a hybrid of 6 dB, beside a weak digit. */
static void hears_beside_dial_tone(void **state)
{
	static const double tone[][2] = {
		{ 350, 440 }, { 425 }, { 400 }, { 440 }, { 450 }, { 413, 438 },
		{ 375, 425 }, { 414 }, { 350, 425 },
	};

	for (size_t i = 0; i < sizeof(tone) / sizeof(*tone); i++) {
		struct sent same = { .dial = { tone[i][0], tone[i][1] },
				     .dial_level = -10, .ms = 40, .pause_ms = 40 };
		struct sent above = same, far = same, echo = same;
		char what[40];

		snprintf(what, sizeof(what), "%.0f+%.0f Hz", tone[i][0],
			 tone[i][1]);
		above.dial_level = -4;
		far.low = -.015;
		far.high = .015;
		far.hz = 2;
		echo.dial_level = -16;
		echo.level = -21;
		const struct row rows[] = { { what, same }, { what, above },
					    { what, far }, { what, echo } };

		try(rows, 4, all);
	}
}

static void hears_in_noise_and_speech(void **state)
{
	static const struct row rows[] = {
		{ "noise", { .noise = 15, .ms = 40, .pause_ms = 40 } },
		{ "noise, off", { .noise = 15, .ms = 45, .pause_ms = 40,
		  .low = -.013, .high = .013, .hz = 2 } },
		{ "echo of speech", { .speech = 15, .ms = 50, .pause_ms = 50 } },
		{ "and of dial tone", { .speech = 18, .dial = { 350, 440 },
		  .dial_level = -16, .ms = 50, .pause_ms = 50 } },
	};

	try(rows, sizeof(rows) / sizeof(*rows), all);
}

/* The next one follows at once: two, and each of its own length. */
static void one_after_the_other(void **state)
{
	char heard[64];
	size_t n = 800;

	memset(pcm, 0, sizeof(pcm));
	for (unsigned d = 0; d < 16; d++, n += 800) {
		add(pcm + n, 800, low[d / 4], -10);
		add(pcm + n, 800, high[d % 4], -10);
	}
	hear("without a pause", n + 1200, heard, 0);
	assert_string_equal(heard, all);
}

static int setup(void **state)
{
	osc_init();
	law_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_it_must),
		cmocka_unit_test(takes_nothing_that_it_must_not),
		cmocka_unit_test(a_hole_makes_no_second_digit),
		cmocka_unit_test(hears_beside_dial_tone),
		cmocka_unit_test(hears_in_noise_and_speech),
		cmocka_unit_test(one_after_the_other),
	};

	return cmocka_run_group_tests_name("media-q24", tests, setup, NULL);
}
