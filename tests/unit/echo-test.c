/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The canceller against G.168's lines. Figures in dB are for 64 ms, an echo
 * return loss of 6 dB, mu-law both ways and no non-linear processor, unless a
 * test says otherwise. Mu-law allows 36 to 37.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "echo_lab.h"
#include "media/echo.h"
#include "media/echo_kernel.h"

#define S LAB_RATE
#define LONGEST (12 * S)
#define CSS 2800		/* a period of the composite source signal */

static int16_t far[LONGEST], near[LONGEST], tx[LONGEST], out[LONGEST];
static double echo[LONGEST];
static struct lab_path path, path2;

static struct lab_run run_of(size_t n)
{
	return (struct lab_run){
		.canceller = &lab_builtin, .ms = 64, .path = &path, .far = far,
		.n = n, .tx = tx, .echo = echo, .out = out,
	};
}

static void go(const struct lab_run *r)
{
	assert_int_equal(lab_go(r), 0);
}

struct figure {
	double sum, least;
	unsigned count;
};

static void note(struct figure *f, double db)
{
	assert_true(isfinite(db));
	if (!f->count || db < f->least)
		f->least = db;
	f->sum += db;
	f->count++;
}

static void expect(const char *name, const struct figure *f, double mean,
		   double least)
{
	if (f->sum / f->count < mean || f->least < least)
		fail_msg("%s: mean %.1f dB, least %.1f; wanted %.0f and %.0f",
			 name, f->sum / f->count, f->least, mean, least);
}

static const double delays[] = { 0, 10, 40 };

#define EACH_CASE(d, k) \
	for (size_t d = 0; d < 3; d++) \
		for (unsigned k = 0; k < LAB_PATHS; k++)

/* ------------------------------------------------------------- convergence */

static void converges_on_the_composite_signal(void **state)
{
	struct figure early = { 0 }, second = { 0 }, late = { 0 };
	struct lab_run r = run_of(5 * S + CSS);

	lab_css(far, r.n, -10);
	EACH_CASE(d, k) {
		lab_path(&path, k, delays[d], 6);
		go(&r);
		note(&early, lab_erle(&r, S / 5, 1989));
		note(&second, lab_erle(&r, S, S + CSS));
		note(&late, lab_erle(&r, 5 * S, 5 * S + CSS));
	}
	expect("0.25 s", &early, 14, 8);
	expect("1 s", &second, 30, 24);
	expect("5 s", &late, 36, 34);
}

static void converges_on_recorded_speech(void **state)
{
	struct figure second = { 0 }, late = { 0 };
	struct lab_run r = run_of(12 * S);

	if (!lab_speech(far, r.n, -16, 0)) {
		print_message("# %s\n", lab_speech_missing);
		skip();
	}
	EACH_CASE(d, k) {
		lab_path(&path, k, delays[d], 6);
		go(&r);
		note(&second, lab_erle(&r, S, S + S / 2));
		note(&late, lab_erle(&r, 10 * S, 12 * S));
	}
	expect("1 s", &second, 20, 5);
	expect("10 s", &late, 34, 28);
}

static void follows_a_changed_path(void **state)
{
	struct figure after = { 0 };
	struct lab_run r = run_of(4 * S + CSS);

	lab_css(far, r.n, -10);
	r.path2 = &path2;
	r.change = 3 * S;
	EACH_CASE(d, k) {
		lab_path(&path, k, delays[d], 6);
		lab_path(&path2, (k + 3) % LAB_PATHS, delays[d], 6);
		go(&r);
		note(&after, lab_erle(&r, 4 * S, 4 * S + CSS));
	}
	expect("1 s after", &after, 28, 25);
}

/* The new part of the echo goes with nothing that the filter makes: the rho
 * test cannot see it. */
static void follows_an_echo_that_is_added(void **state)
{
	struct figure after = { 0 };
	struct lab_run r = run_of(8 * S);

	lab_noise(far, r.n, -16, 7);
	r.path2 = &path2;
	r.change = 3 * S;
	for (unsigned k = 0; k < LAB_PATHS; k++) {
		struct lab_path more;

		lab_path(&path, k, 0, 6);
		lab_path(&path2, k, 0, 6);
		lab_path(&more, (k + 1) % LAB_PATHS, 30, 12);
		for (size_t i = 0; i < more.length; i++)
			path2.tap[i] += more.tap[i];
		path2.length = more.length;
		go(&r);
		note(&after, lab_erle(&r, 7 * S, 8 * S));
	}
	expect("4 s after", &after, 28, 25);
}

static void works_at_every_length(void **state)
{
	static const struct { unsigned ms; double delay; } cases[] = {
		{ 8, 0 }, { 9, 0 }, { 12, 2 }, { 16, 5 }, { 32, 20 },
		{ 48, 35 }, { 64, 50 }, { 100, 80 }, { 128, 115 },
	};
	struct lab_run r = run_of(5 * S + CSS);

	lab_css(far, r.n, -10);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct figure late = { 0 };

		r.ms = cases[i].ms;
		lab_path(&path, 0, cases[i].delay, 6);
		go(&r);
		note(&late, lab_erle(&r, 5 * S, 5 * S + CSS));
		expect("length", &late, 32, 32);
	}
}

static void takes_lengths_to_the_bounds(void **state)
{
	static const unsigned odd[] = { 0, 1, 7, 129, 100000 };

	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		struct echo *e = echo_new(odd[i], ECHO_NLP);

		assert_non_null(e);
		lab_noise(far, S, -16, 1);
		memcpy(out, far, S * sizeof *out);
		echo_run(e, far, out, S);
		echo_free(e);
	}
	echo_free(NULL);
}

static void works_at_other_levels_and_losses(void **state)
{
	/* The figure that mu-law and a filter of finite effect allow. */
	static const struct { double level, erl, least; } cases[] = {
		{ 0, 6, 30 }, { -5, 0, 30 }, { -25, 6, 28 }, { -30, 6, 25 },
		{ -10, 15, 25 }, { -10, 25, 20 }, { -16, 3, 30 },
	};
	struct lab_run r = run_of(5 * S + CSS);

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct figure late = { 0 };

		lab_css(far, r.n, cases[i].level);
		lab_path(&path, 3, 10, cases[i].erl);
		go(&r);
		note(&late, lab_erle(&r, 5 * S, 5 * S + CSS));
		expect("level", &late, cases[i].least, cases[i].least);
	}
}

static void lives_with_a_noisy_line(void **state)
{
	struct figure late = { 0 };
	struct lab_run r = run_of(8 * S);

	lab_noise(near, r.n, -45, 3);
	r.near = near;
	lab_babble(far, r.n, -16, 5);
	for (unsigned k = 0; k < LAB_PATHS; k++) {
		lab_path(&path, k, 10, 6);
		go(&r);
		note(&late, lab_erle(&r, 5 * S, 8 * S));
	}
	/* the echo is 23 dB above the noise */
	expect("noise", &late, 23, 16);
}

/* ------------------------------------------------------------- double talk */

/* near talks from second 5 to 9. */
static void near_from_5_to_9(double dbm0)
{
	memset(near, 0, sizeof near);
	if (!lab_speech(near + 5 * S, 4 * S, dbm0, 1))
		lab_babble(near + 5 * S, 4 * S, dbm0, 99);
}

/* Against the same run without the near talker. Mu-law's noise, which follows
 * the louder sum, does not count: no canceller can take it out. */
static void keeps_its_filter_while_both_talk(void **state)
{
	struct figure lost = { 0 }, after = { 0 };
	struct lab_run r = run_of(11 * S);

	if (!lab_speech(far, r.n, -16, 0))
		lab_babble(far, r.n, -16, 5);
	near_from_5_to_9(-16);
	EACH_CASE(d, k) {
		double during, later;

		lab_path(&path, k, delays[d], 6);
		r.near = NULL;
		go(&r);
		during = lab_match(&r, 5 * S, 9 * S);
		later = lab_erle(&r, 9 * S + 4800, 11 * S);
		r.near = near;
		go(&r);
		note(&lost, lab_match(&r, 5 * S, 9 * S) - during);
		note(&after, lab_erle(&r, 9 * S + 4800, 11 * S) - later);
	}
	expect("during", &lost, -4, -6);
	expect("0.6 s after", &after, -1, -2);
}

static void keeps_its_filter_under_other_near_levels(void **state)
{
	static const double levels[] = { -6, -26, -36 };
	struct lab_run r = run_of(11 * S);

	lab_babble(far, r.n, -16, 5);
	for (size_t i = 0; i < 3; i++) {
		struct figure after = { 0 };

		near_from_5_to_9(levels[i]);
		r.near = near;
		for (unsigned k = 0; k < LAB_PATHS; k++) {
			double before;

			lab_path(&path, k, 10, 6);
			go(&r);
			before = lab_erle(&r, 4 * S, 5 * S);
			note(&after, lab_erle(&r, 9 * S + 4800, 11 * S) -
			     before);
		}
		expect("after", &after, -2, -4);
	}
}

static void starts_in_double_talk(void **state)
{
	struct figure after = { 0 };
	struct lab_run r = run_of(8 * S);

	memset(near, 0, sizeof near);
	lab_babble(near, 4 * S, -16, 99);
	lab_babble(far, r.n, -16, 5);
	r.near = near;
	EACH_CASE(d, k) {
		lab_path(&path, k, delays[d], 6);
		go(&r);
		note(&after, lab_erle(&r, 6 * S, 8 * S));
	}
	expect("2 s after", &after, 28, 25);
}

/* The hardest: both talk all the time, from the first word, and the near one is
 * 6 dB louder than the echo. There is no moment to learn from alone. */
static void learns_while_both_talk(void **state)
{
	struct figure first = { 0 }, late = { 0 };
	struct lab_run r = run_of(12 * S);

	if (!lab_speech(far, r.n, -16, 0) || !lab_speech(near, r.n, -16, 1)) {
		print_message("# %s\n", lab_speech_missing);
		skip();
	}
	r.near = near;
	EACH_CASE(d, k) {
		lab_path(&path, k, delays[d], 6);
		go(&r);
		note(&first, lab_match(&r, 0, 2 * S));
		note(&late, lab_match(&r, 8 * S, 12 * S));
	}
	expect("first 2 s", &first, 0, -3);
	expect("8 to 12 s", &late, 12, -1);
}

static void passes_the_near_talker(void **state)
{
	struct lab_run r = run_of(11 * S);
	double wanted = 0, error = 0;

	lab_babble(far, r.n, -16, 5);
	near_from_5_to_9(-16);
	r.near = near;
	lab_path(&path, 2, 10, 6);
	go(&r);
	for (size_t i = 5 * S; i < 9 * S; i++) {
		double e = out[i] - near[i];

		wanted += (double)near[i] * near[i];
		error += e * e;
	}
	assert_true(10 * log10(wanted / error) > 25);
}

/* ----------------------------------------------------------- narrow signals */

static void tones_leave_a_converged_filter(void **state)
{
	static const double tones[][2] = {
		{ 2100, 0 }, { 697, 0 }, { 941, 0 }, { 1336, 0 }, { 1633, 0 },
		{ 697, 1209 }, { 770, 1336 }, { 852, 1477 }, { 941, 1633 },
		{ 350, 440 }, { 480, 620 },
	};
	struct figure lost = { 0 };
	struct lab_run r = run_of(12 * S);

	for (size_t i = 0; i < sizeof tones / sizeof tones[0]; i++)
		for (unsigned k = 0; k < LAB_PATHS; k += 3) {
			size_t whole = 12 * S / CSS * CSS;

			lab_css(far, r.n, -10);
			memmove(far + 12 * S - CSS, far + whole - CSS,
				CSS * sizeof *far);
			lab_tone(far + 16800, 12 * S - CSS - 16800, -10,
				 tones[i][0], tones[i][1]);
			lab_path(&path, k, 10, 6);
			go(&r);
			note(&lost, lab_erle(&r, 12 * S - CSS, 12 * S) -
			     lab_erle(&r, 16800 - CSS, 16800));
		}
	expect("tones", &lost, -1, -3);
}

/* -------------------------------------------------------- silence, extremes */

static void silence_from_afar_passes_the_line_untouched(void **state)
{
	struct echo *e = echo_new(64, 0);

	assert_non_null(e);
	memset(tx, 0, sizeof tx);
	lab_noise(near, 2 * S, -10, 4);
	memcpy(out, near, 2 * S * sizeof *out);
	echo_run(e, tx, out, 2 * S);
	assert_memory_equal(out, near, 2 * S * sizeof *out);
	assert_int_equal(echo_erle(e), 0);
	echo_free(e);
}

static void a_near_talker_alone_teaches_nothing(void **state)
{
	struct lab_run r = run_of(9 * S);
	double before;

	lab_css(far, r.n, -10);
	memset(far + 4 * S - 800, 0, (2 * S + 800) * sizeof *far);
	memset(near, 0, sizeof near);
	lab_noise(near + 4 * S, 2 * S, -6, 4);
	r.near = near;
	lab_path(&path, 4, 10, 6);
	go(&r);
	before = lab_erle(&r, 3 * S - CSS, 3 * S);
	assert_true(lab_erle(&r, 6 * S, 6 * S + 400) > before - 6);
	assert_true(lab_erle(&r, 8 * S, 8 * S + CSS) > before - 2);
}

/* Whatever comes in, it neither breaks nor stays broken. */
static void survives_extremes(void **state)
{
	struct echo *e = echo_new(64, 0);
	uint32_t seed = 1;
	double in = 0, left = 0;

	assert_non_null(e);
	for (int kind = 0; kind < 6; kind++) {
		for (size_t i = 0; i < 2 * S; i++) {
			bool up = i / 40 & 1;

			seed = seed * 1664525u + 1013904223u;
			tx[i] = kind == 0 ? (up ? 32767 : -32768) :
				kind == 1 ? -32768 : kind == 2 ? 0 :
				kind == 3 ? (int16_t)(seed >> 16) :
				kind == 4 ? (i % 997 ? 0 : 32767) :
				(int16_t)(seed >> 31);
			out[i] = kind == 0 ? (up ? -32768 : 32767) :
				kind == 1 ? 32767 : kind == 2 ? -32768 :
				kind == 3 ? (int16_t)(seed >> 8) :
				kind == 4 ? (i % 991 ? 0 : -32768) :
				(int16_t)(seed >> 15 & 1);
		}
		echo_run(e, tx, out, 2 * S);
	}
	lab_noise(tx, 4 * S, -16, 2);
	for (size_t i = 0; i < 4 * S; i++)
		out[i] = i < 100 ? 0 : tx[i - 100] / 2;
	echo_run(e, tx, out, 4 * S);
	for (size_t i = 3 * S; i < 4 * S; i++) {
		in += tx[i - 100] / 2.0 * (tx[i - 100] / 2.0);
		left += (double)out[i] * out[i];
	}
	assert_true(left < in / 300);
	assert_in_range(echo_erle(e), 200, 600);
	echo_free(e);
}

/* An echo that is clipped is not linear; it must not be made worse. */
static void bears_saturation(void **state)
{
	struct echo *e = echo_new(64, 0);
	double in = 0, left = 0;

	assert_non_null(e);
	lab_noise(tx, 4 * S, 0, 2);
	for (size_t i = 0; i < 4 * S; i++) {
		int y = i < 50 ? 0 : 3 * tx[i - 50];

		out[i] = (int16_t)(y > 32000 ? 32000 : y < -32000 ? -32000 : y);
		in += i >= 2 * S ? (double)out[i] * out[i] : 0;
	}
	echo_run(e, tx, out, 4 * S);
	for (size_t i = 2 * S; i < 4 * S; i++)
		left += (double)out[i] * out[i];
	assert_true(left < in / 4);
	echo_free(e);
}

/* The half second after a jump holds the moment before it is noticed: old
 * estimate and new echo add up. */
static void a_jump_of_the_path_does_little_harm(void **state)
{
	struct lab_run r = run_of(LONGEST);

	lab_babble(far, r.n, -10, 5);
	r.path2 = &path2;
	for (unsigned k = 0; k < LAB_PATHS; k++) {
		double before = 0, after = 0;

		lab_path(&path, k, 5, 6);
		lab_path(&path2, LAB_PATHS - 1 - k, 25, 3);
		r.change = (3 + k) * S + k * 777;
		go(&r);
		for (size_t i = r.change; i < r.change + S / 2; i++) {
			before += echo[i] * echo[i];
			after += (double)out[i] * out[i];
		}
		if (after > 1.8 * before)
			fail_msg("path %u: %.2f times the echo", k,
				 after / before);
	}
}

/* ---------------------------------------------------------------- interface */

static void instances_share_nothing(void **state)
{
	struct echo *a = echo_new(64, 0), *b = echo_new(32, 0);
	static int16_t alone[4 * S], other[4 * S];

	assert_non_null(a);
	assert_non_null(b);
	lab_css(tx, 4 * S, -10);
	for (size_t i = 0; i < 4 * S; i++)
		alone[i] = out[i] = i < 30 ? 0 : tx[i - 30] / 2;
	echo_run(a, tx, alone, 4 * S);
	echo_reset(a);
	lab_noise(other, 4 * S, -10, 8);
	/* after a reset, and in turns with another, in pieces of other sizes */
	for (size_t i = 0; i < 4 * S; i += 160) {
		echo_run(a, tx + i, out + i, 80);
		echo_run(b, tx + i, other + i, 160);
		echo_run(a, tx + i + 80, out + i + 80, 8);
		echo_run(a, tx + i + 88, out + i + 88, 72);
	}
	assert_memory_equal(alone, out, sizeof alone);
	echo_free(a);
	echo_free(b);
}

static void leaves_an_odd_end_alone(void **state)
{
	struct echo *e = echo_new(64, 0);

	assert_non_null(e);
	for (size_t i = 0; i < 87; i++)
		tx[i] = out[i] = 1000;
	echo_run(e, tx, out, 87);
	for (size_t i = 80; i < 87; i++)
		assert_int_equal(out[i], 1000);
	echo_free(e);
}

static void tells_its_enhancement(void **state)
{
	struct echo *e = echo_new(64, 0);

	assert_non_null(e);
	lab_css(tx, 5 * S, -10);
	for (size_t i = 0; i < 5 * S; i++)
		out[i] = lab_mulaw(i < 30 ? 0 : tx[i - 30] / 2.0);
	echo_run(e, tx, out, 5 * S);
	assert_in_range(echo_erle(e), 300, 450);
	echo_reset(e);
	assert_int_equal(echo_erle(e), 0);
	echo_free(e);
}

/* Each kind of processor's loops against sums in double precision. */
static void loops_agree(void **state)
{
	const struct echo_kernel *all[4];
	enum { TAPS = 64, GROUPS = TAPS / ECHO_GROUP };
	static float x[TAPS + 64], h[TAPS], h2[TAPS], z[8], gain[GROUPS];
	static float c[8 * GROUPS * 8];
	uint32_t seed = 5;

#define RANDOM() ((float)((seed = seed * 1664525u + 1013904223u) >> 16) / 65536 - 0.5f)
	for (size_t i = 0; i < TAPS + 64; i++)
		x[i] = RANDOM();
	for (size_t i = 0; i < TAPS; i++) {
		h[i] = RANDOM();
		h2[i] = RANDOM();
	}
	for (size_t i = 0; i < 8; i++)
		z[i] = RANDOM();
	for (size_t i = 0; i < GROUPS; i++)
		gain[i] = RANDOM();
	for (size_t i = 0; i < 8 * GROUPS * 8; i++)
		c[i] = RANDOM();

	echo_kernel_all(all);
	assert_ptr_equal(all[0], echo_kernel_best());
	for (const struct echo_kernel **k = all; *k; k++) {
		float y[8], y1[8], y2[8], g[TAPS], r[64], w[GROUPS];

		(*k)->filter(x, h, TAPS, y);
		(*k)->filter_two(x, h, h2, TAPS, y1, y2);
		memcpy(g, h, sizeof g);
		(*k)->update(x, z, gain, g, TAPS);
		(*k)->weigh(c, gain, GROUPS, r);
		(*k)->weights(h, TAPS, w);
		for (size_t j = 0; j < 8; j++) {
			double s = 0, t = 0;

			for (size_t i = 0; i < TAPS; i++) {
				s += (double)h[i] * x[i + j];
				t += (double)h2[i] * x[i + j];
			}
			assert_true(fabs(s - y[j]) < 1e-4);
			assert_true(fabs(s - y1[j]) < 1e-4);
			assert_true(fabs(t - y2[j]) < 1e-4);
		}
		for (size_t i = 0; i < TAPS; i++) {
			double s = 0;

			for (size_t j = 0; j < 8; j++)
				s += (double)z[j] * x[i + j];
			s = h[i] + gain[i / ECHO_GROUP] * s;
			assert_true(fabs(s - g[i]) < 1e-4);
		}
		for (size_t b = 0; b < 8; b++)
			for (size_t l = 0; l < 8; l++) {
				double s = 0;

				for (size_t i = 0; i < GROUPS; i++)
					s += (double)gain[i] *
						c[8 * (b * GROUPS + i) + l];
				assert_true(fabs(s - r[8 * b + l]) < 1e-4);
			}
		for (size_t i = 0; i < GROUPS; i++) {
			double s = 0;

			for (size_t j = 0; j < ECHO_GROUP; j++)
				s += fabs(h[i * ECHO_GROUP + j]);
			assert_true(fabs(s - w[i]) < 1e-4);
		}
	}
}

static void correlations_agree(void **state)
{
	const struct echo_kernel *all[4];
	static float x[80];
	uint32_t seed = 5;

	for (size_t i = 0; i < 80; i++)
		x[i] = RANDOM();
	echo_kernel_all(all);
	for (const struct echo_kernel **k = all; *k; k++) {
		float suffix[2][8][8] = { { { 0 } } }, full[8] = { 0 }, c[64];

		memset(x, 0, 32 * sizeof *x);
		for (size_t at = 32; at < 80; at += 8) {
			(*k)->correlate(x + at, suffix[at / 8 & 1], full, c, 8);
			for (size_t b = 0; b < 8; b++)
				for (size_t l = 0; l < 8; l++) {
					double s = 0;

					for (size_t i = 0; i < 16; i++)
						s += (double)x[at + b - i] *
							x[at + b - i - 7 + l];
					assert_true(fabs(s - c[8 * b + l]) <
						    1e-4);
				}
		}
	}
}

/* --------------------------------------------------- non-linear processor */

static void *nlp_make(unsigned ms)
{
	return echo_new(ms, ECHO_NLP);
}

static void nlp_run(void *c, const int16_t *t, int16_t *r, size_t n)
{
	echo_run(c, t, r, n);
}

static void nlp_drop(void *c)
{
	echo_free(c);
}

static const struct lab_canceller with_nlp = {
	"nlp", nlp_make, nlp_run, nlp_drop,
};

static void nlp_hides_the_rest_under_the_line_s_noise(void **state)
{
	struct lab_run r = run_of(12 * S);
	double level;

	r.canceller = &with_nlp;
	lab_babble(far, r.n, -10, 5);
	lab_noise(near, r.n, -60, 3);
	r.near = near;
	lab_path(&path, 1, 10, 6);
	go(&r);
	level = lab_dbm0(lab_power(out + 8 * S, 4 * S));
	if (level < -64 || level > -57)
		fail_msg("a line with noise of -60 dBm0 sounds at %.1f", level);
}

static void nlp_never_clips_the_near_talker(void **state)
{
	static const double levels[] = { -16, -26, -36 };
	struct lab_run r = run_of(11 * S);

	r.canceller = &with_nlp;
	lab_babble(far, r.n, -16, 5);
	for (size_t i = 0; i < 3; i++)
		for (unsigned k = 0; k < LAB_PATHS; k++) {
			double change;

			near_from_5_to_9(levels[i]);
			r.near = near;
			lab_path(&path, k, 10, 6);
			go(&r);
			change = lab_dbm0(lab_power(out + 5 * S, 4 * S)) -
				lab_dbm0(lab_power(near + 5 * S, 4 * S));
			if (fabs(change) > 1)
				fail_msg("near talker of %.0f dBm0 changed "
					 "by %.1f dB", levels[i], change);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_agree),
		cmocka_unit_test(correlations_agree),
		cmocka_unit_test(converges_on_the_composite_signal),
		cmocka_unit_test(converges_on_recorded_speech),
		cmocka_unit_test(follows_a_changed_path),
		cmocka_unit_test(follows_an_echo_that_is_added),
		cmocka_unit_test(works_at_every_length),
		cmocka_unit_test(takes_lengths_to_the_bounds),
		cmocka_unit_test(works_at_other_levels_and_losses),
		cmocka_unit_test(lives_with_a_noisy_line),
		cmocka_unit_test(keeps_its_filter_while_both_talk),
		cmocka_unit_test(keeps_its_filter_under_other_near_levels),
		cmocka_unit_test(starts_in_double_talk),
		cmocka_unit_test(learns_while_both_talk),
		cmocka_unit_test(passes_the_near_talker),
		cmocka_unit_test(tones_leave_a_converged_filter),
		cmocka_unit_test(silence_from_afar_passes_the_line_untouched),
		cmocka_unit_test(a_near_talker_alone_teaches_nothing),
		cmocka_unit_test(survives_extremes),
		cmocka_unit_test(bears_saturation),
		cmocka_unit_test(a_jump_of_the_path_does_little_harm),
		cmocka_unit_test(instances_share_nothing),
		cmocka_unit_test(leaves_an_odd_end_alone),
		cmocka_unit_test(tells_its_enhancement),
		cmocka_unit_test(nlp_hides_the_rest_under_the_line_s_noise),
		cmocka_unit_test(nlp_never_clips_the_near_talker),
	};

	return cmocka_run_group_tests_name("echo", tests, NULL, NULL);
}
