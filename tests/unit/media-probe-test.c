/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What is measured of a line, against lines whose truth is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "echo_lab.h"
#include "media/law.h"
#include "media/osc.h"
#include "media/probe.h"

#define MOST (4 * PROBE_PERIOD)
#define near(value, truth, by) \
	assert_in_range((int)lrint(value) + 10000, (int)((truth) - (by)) + 10000, \
			(int)ceil((truth) + (by)) + 10000)

static int16_t noise[MOST], frame[LAB_FRAME];
static struct lab_path path;

/* Truth, by the definition: the mean power of the response over a band. */
static double truth(double from, double to)
{
	double sum = 0;
	unsigned n = 0;

	for (double hz = from; hz <= to; hz += 2, n++) {
		double re = 0, im = 0;

		for (size_t k = 0; k < path.length; k++) {
			re += path.tap[k] * cos(2 * M_PI * hz / LAB_RATE * (double)k);
			im += path.tap[k] * sin(2 * M_PI * hz / LAB_RATE * (double)k);
		}
		sum += re * re + im * im;
	}
	return -100 * log10(sum / n);
}

static double strongest(void)
{
	size_t top = 0;

	for (size_t k = 0; k < path.length; k++)
		if (fabs(path.tap[k]) > fabs(path.tap[top]))
			top = k;
	return (double)top * 10 / 8;
}

/* The pump's part: the probe sounds, the line answers with echo and noise. */
static void run(enum media_probe what, struct media_probed *to)
{
	struct probe *p = probe_new(what);
	static int16_t sent[MOST + LAB_FRAME];
	int16_t heard[LAB_FRAME], before[LAB_FRAME] = { 0 };
	size_t at = 0;

	assert_non_null(p);
	memset(sent, 0, sizeof(sent));
	for (;;) {
		probe_hear(p, before, at ? heard : before, LAB_FRAME);
		if (!probe_sound(p, frame, LAB_FRAME))
			break;
		for (size_t i = 0; i < LAB_FRAME; i++) {
			double echo = 0;

			before[i] = sent[at + i] = lab_mulaw(frame[i]);
			for (size_t k = 0; k < path.length && k <= at + i; k++)
				echo += path.tap[k] * sent[at + i - k];
			heard[i] = lab_mulaw(echo + noise[at + i]);
		}
		at += LAB_FRAME;
	}
	probe_analyse(p, to);
	assert_int_equal(to->what, what);
	probe_free(p);
}

/* ERL within 1 dB, times within 1 ms, with a noise that lines have. */
static void echo_paths_are_measured(void **state)
{
	static const double delays[] = { 0, 10, 40 }, losses[] = { 6, 14, 26 };

	(void)state;
	lab_noise(noise, MOST, -60, 3);
	for (unsigned n = 0; n < LAB_PATHS; n++)
		for (int i = 0; i < 3; i++) {
			struct media_probed p;

			lab_path(&path, n, delays[i], losses[i]);
			run(PROBE_ECHO, &p);
			assert_true(p.echo);
			near(p.erl, truth(300, 3400), 10);
			near(p.erl_low, truth(260, 500), 15);
			near(p.erl_high, truth(2200, 3400), 10);
			near(p.delay, strongest(), 10);
			assert_in_range(p.over, p.delay, delays[i] * 10 + 170);
			assert_true(p.worst <= p.erl + 1);
			near(p.worst, truth(p.worst_hz - 50, p.worst_hz + 50), 10);
			run(PROBE_ECHO_SHORT, &p);
			near(p.erl, truth(300, 3400), 10);
		}
}

static void noise_hides_no_echo(void **state)
{
	struct media_probed p;

	(void)state;
	lab_path(&path, 2, 20, 20);
	lab_noise(noise, MOST, -38, 5);
	run(PROBE_ECHO, &p);
	assert_true(p.echo);
	near(p.erl, truth(300, 3400), 10);
	near(p.delay, strongest(), 10);
}

static void no_echo_is_a_bound(void **state)
{
	struct media_probed p;

	(void)state;
	path.length = 0;
	lab_noise(noise, MOST, -60, 7);
	run(PROBE_ECHO, &p);
	assert_false(p.echo);
	assert_true(p.erl > 450);
	memset(noise, 0, sizeof(noise));
	run(PROBE_ECHO, &p);
	assert_false(p.echo);
	assert_int_equal(p.erl, 600);
	assert_int_equal(p.delay, 0);
}

static void signal_is_safe(void **state)
{
	float signal[PROBE_PERIOD];
	int16_t s[PROBE_PERIOD], peak = 0;

	(void)state;
	probe_signal(signal);
	for (int i = 0; i < PROBE_PERIOD; i++) {
		s[i] = osc_clip(signal[i]);
		if (abs(s[i]) > peak)
			peak = (int16_t)abs(s[i]);
	}
	near(10 * lab_dbm0(lab_power(s, PROBE_PERIOD)), PROBE_LEVEL, 1);
	assert_true(PROBE_LEVEL <= -130);
	assert_true(peak < 2.2 * sqrt(lab_power(s, PROBE_PERIOD)));
}

static void listen_to(struct media_probed *p)
{
	for (size_t i = 0; i < PROBE_LISTENS; i++)
		noise[i] = lab_mulaw(noise[i]);
	memset(p, 0, sizeof(*p));
	probe_listen(noise, PROBE_LISTENS, p);
}

static void noise_is_measured(void **state)
{
	static const int levels[] = { -35, -50, -60 };
	struct media_probed p;

	(void)state;
	for (int i = 0; i < 3; i++) {
		lab_noise(noise, PROBE_LISTENS, levels[i], 11);
		listen_to(&p);
		near(p.level, levels[i] * 10, 10);
		/* White noise from 0 to 4 kHz: 3.6 and 2.5 dB less. */
		near(p.psophometric, levels[i] * 10 - 36, 12);
		near(p.c_message, levels[i] * 10 - 25, 12);
		assert_int_equal(p.tone[0], 0);
	}
	memset(noise, 0, sizeof(noise));
	listen_to(&p);
	assert_int_equal(p.level, PROBE_NOTHING);
	assert_int_equal(p.psophometric, PROBE_NOTHING);
	assert_int_equal(p.tone_level, PROBE_NOTHING);
}

/* The weights' own points. */
static void weights_are_the_standards(void **state)
{
	static const struct { double hz; int psophometric, c_message; } of[] = {
		{ 200, -210, -251 }, { 500, -36, -77 }, { 1000, 10, 0 },
		{ 2500, -42, -11 }, { 3000, -56, -30 }, { 3500, -85, -71 },
	};
	struct media_probed p;

	(void)state;
	for (int i = 0; i < 6; i++) {
		lab_tone(noise, PROBE_LISTENS, -5, of[i].hz, 0);
		memset(&p, 0, sizeof(p));
		probe_listen(noise, PROBE_LISTENS, &p);
		near(p.level, -50, 2);
		near(p.psophometric, -50 + of[i].psophometric, 4);
		near(p.c_message, -50 + of[i].c_message, 4);
	}
}

static void hum_is_told_from_noise(void **state)
{
	struct media_probed p;

	(void)state;
	for (int mains = 50; mains <= 60; mains += 10) {
		lab_tone(noise, PROBE_LISTENS, -40, mains, 3 * mains);
		listen_to(&p);
		assert_int_equal(p.hum_hz, mains);
		near(p.hum, -400, 15);
		assert_true(p.psophometric < -600);
	}
}

/* Within 1 Hz, with noise 30 dB below. */
static void dial_tones_are_measured(void **state)
{
	static const double pairs[][2] = {
		{ 350, 440 }, { 425, 0 }, { 400, 0 }, { 440, 0 }, { 413.7, 0 },
		{ 330, 440 }, { 402.3, 447.6 },
	};
	static int16_t hiss[PROBE_LISTENS];
	struct media_probed p;

	(void)state;
	lab_noise(hiss, PROBE_LISTENS, -45, 13);
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		bool two = pairs[i][1] > 0;
		double low, high;

		lab_tone(noise, PROBE_LISTENS, -15, pairs[i][0], pairs[i][1]);
		for (size_t k = 0; k < PROBE_LISTENS; k++)
			noise[k] = (int16_t)(noise[k] + hiss[k]);
		listen_to(&p);
		low = two && p.tone[1] < p.tone[0] ? p.tone[1] : p.tone[0];
		high = two && p.tone[1] > p.tone[0] ? p.tone[1] : p.tone[0];
		near(low, pairs[i][0] * 10, 5);
		if (two)
			near(high, pairs[i][1] * 10, 5);
		assert_int_equal(p.tone[two ? 2 : 1], 0);
		near(p.tone_level, -150, 5);
	}
}

static void speech_is_no_tone(void **state)
{
	struct media_probed p;

	(void)state;
	lab_babble(noise, PROBE_LISTENS, -20, 17);
	listen_to(&p);
	assert_int_equal(p.tone[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echo_paths_are_measured),
		cmocka_unit_test(noise_hides_no_echo),
		cmocka_unit_test(no_echo_is_a_bound),
		cmocka_unit_test(signal_is_safe),
		cmocka_unit_test(noise_is_measured),
		cmocka_unit_test(weights_are_the_standards),
		cmocka_unit_test(hum_is_told_from_noise),
		cmocka_unit_test(dial_tones_are_measured),
		cmocka_unit_test(speech_is_no_tone),
	};

	law_init();
	osc_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
