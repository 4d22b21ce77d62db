/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The tone disabler, by the clauses of G.165 clause 4 (G.168 clause 7). */
#include "echo-test.h"
#include "media/echo_state.h"

#define NONE ECHO_BYPASS_NONE
#define NLP ECHO_BYPASS_NLP
#define ALL ECHO_BYPASS_ALL

/* A modem's answer tone. */
struct answer {
	double hz, dbm0, turn;	/* degrees of a reversal */
	unsigned every;		/* ms; 0: no reversals */
	double am;		/* depth of 15 Hz, V.8's ANSam has 0.2 */
	double noise;		/* below the tone, dB; 0: none */
};

static const struct answer good = { 2100, -12, 180, 450, 0, 0 };

static void make(int16_t *x, size_t n, const struct answer *a)
{
	double peak = LAB_RMS_0DBM0 * sqrt(2) * pow(10, a->dbm0 / 20), phase = 1;
	static int16_t noise[LONGEST];

	memset(noise, 0, sizeof noise);
	if (a->noise > 0)
		lab_noise(noise, n, a->dbm0 - a->noise, 77);
	for (size_t i = 0; i < n; i++) {
		if (a->every && i && i % (8 * a->every) == 0)
			phase += a->turn * M_PI / 180;
		x[i] = lab_mulaw(noise[i] + peak * sin(phase) *
				 (1 + a->am * sin(2 * M_PI * 15 * i / S)));
		phase += 2 * M_PI * a->hz / S;
	}
}

/* Samples until the bypass is `wanted`, n when it never is. */
static size_t until(struct echo_disabler *d, enum echo_bypass wanted,
		    const int16_t *t, const int16_t *r, size_t n)
{
	size_t i;

	for (i = 0; i < n && d->bypass != wanted; i += ECHO_BLOCK)
		echo_tone_run(d, t + i, r + i);
	return i;
}

static void play(struct echo_disabler *d, const int16_t *t, const int16_t *r,
		 size_t n)
{
	for (size_t i = 0; i < n; i += ECHO_BLOCK)
		echo_tone_run(d, t + i, r + i);
}

/* Time in ms to disable, whichever side; -1 if it never does. odd: samples
 * before the tone begins. */
static int operates(const struct answer *a, bool near_side, size_t odd)
{
	struct echo_disabler d;
	size_t took;

	echo_tone_clear(&d);
	memset(far, 0, sizeof far);
	memset(near, 0, sizeof near);
	make((near_side ? near : far) + odd, 4 * S, a);
	took = until(&d, ALL, far, near, 4 * S);
	return took == 4 * S ? -1 : (int)((took - odd) / 8);
}

static void expect_disabled(const struct answer *a)
{
	for (size_t odd = 0; odd < 80; odd += 13)
		for (int side = 0; side < 2; side++) {
			int ms = operates(a, side, odd);

			/* a reversal takes place at the latest 475 ms after
			 * the beginning and after the last */
			if (ms < 0 || ms > 1000)
				fail_msg("%.0f Hz, %.0f dBm0, %.0f degrees "
					 "every %u ms, noise %.0f, %s side, "
					 "+%zu: %d ms", a->hz, a->dbm0, a->turn,
					 a->every, a->noise,
					 side ? "near" : "far", odd, ms);
		}
}

static void expect_not_disabled(const struct answer *a)
{
	for (size_t odd = 0; odd < 80; odd += 7)
		for (int side = 0; side < 2; side++)
			if (operates(a, side, odd) >= 0)
				fail_msg("%.0f Hz, %.0f dBm0, %.0f degrees "
					 "every %u ms, %s side, +%zu disables",
					 a->hz, a->dbm0, a->turn, a->every,
					 side ? "near" : "far", odd);
}

static void operates_on_every_modem_within_a_second(void **state)
{
	static const double hz[] = { 2079, 2090, 2100, 2113, 2121 };
	static const double dbm0[] = { 0, -12, -31 };
	static const double turn[] = { 155, 180, 205 };
	static const unsigned every[] = { 425, 450, 475 };

	for (size_t i = 0; i < 5 * 3 * 3 * 3; i++)
		expect_disabled(&(struct answer){
			.hz = hz[i % 5], .dbm0 = dbm0[i / 5 % 3],
			.turn = turn[i / 15 % 3], .every = every[i / 45],
		});
}

static void operates_on_ansam_and_through_noise(void **state)
{
	struct answer a = good;

	a.am = 0.2;
	expect_disabled(&a);
	a.noise = 20;
	expect_disabled(&a);
	a = good;
	a.noise = 11;
	for (a.hz = 2079; a.hz < 2122; a.hz += 21)
		for (a.turn = 155; a.turn < 206; a.turn += 25)
			expect_disabled(&a);
}

static void other_phase_changes_do_not_disable(void **state)
{
	static const double turn[] = { 0, 30, 60, 90, 100, 110 };
	struct answer a = good;

	for (size_t i = 0; i < 6; i++)
		for (a.hz = 2079; a.hz < 2122; a.hz += 21) {
			a.turn = turn[i];
			expect_not_disabled(&a);
			a.turn = -turn[i];
			expect_not_disabled(&a);
		}
	/* once, or at another pace, is not periodic */
	a = good;
	a.every = 3000;
	expect_not_disabled(&a);
	a.every = 250;
	expect_not_disabled(&a);
	a.every = 700;
	expect_not_disabled(&a);
}

/* By G.164 the band is 1900 to 2350 Hz at most. */
static void other_frequencies_and_levels_do_nothing(void **state)
{
	static const struct { double hz, dbm0; } other[] = {
		{ 1900, 0 }, { 2350, 0 }, { 1900, -12 }, { 2350, -12 },
		{ 1850, -12 }, { 2400, -12 }, { 2225, -12 }, { 1050, -12 },
		{ 700, -12 }, { 3500, -12 }, { 1633, -12 }, { 2100, -36 },
		{ 2280, 0 },
	};
	struct answer a = good;

	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		for (int side = 0; side < 2; side++) {
			struct echo_disabler d;

			a.hz = other[i].hz;
			a.dbm0 = other[i].dbm0;
			a.every = side ? 450 : 0;
			make(far, 4 * S, &a);
			memset(near, 0, sizeof near);
			echo_tone_clear(&d);
			for (size_t k = 0; k < 4 * S; k += ECHO_BLOCK) {
				echo_tone_run(&d, far + k, near + k);
				if (d.bypass != NONE)
					fail_msg("%.0f Hz at %.0f dBm0: %d",
						 a.hz, a.dbm0, d.bypass);
			}
		}
}

/* G.164 has 300 +/- 100 ms for a tone without reversals. */
static void a_fax_disables_the_nlp_alone(void **state)
{
	struct answer a = good;

	a.every = 0;
	for (int side = 0; side < 2; side++)
		for (a.dbm0 = 0; a.dbm0 > -32; a.dbm0 -= 31)
			for (a.hz = 2079; a.hz < 2122; a.hz += 21) {
				struct echo_disabler d;
				size_t took;

				memset(far, 0, sizeof far);
				memset(near, 0, sizeof near);
				make(side ? near : far, 4 * S, &a);
				echo_tone_clear(&d);
				took = until(&d, NLP, far, near, 4 * S);
				assert_in_range(took, S / 5, 4 * S / 10);
				play(&d, far + took, near + took,
				     4 * S - took);
				assert_int_equal(d.bypass, NLP);
			}
}

static void disable(struct echo_disabler *d)
{
	echo_tone_clear(d);
	make(far, 2 * S, &good);
	memset(near, 0, sizeof near);
	play(d, far, near, 2 * S);
	assert_int_equal(d->bypass, ALL);
}

/* Clause 4.4: any single tone of the holding band, from either side. */
static void holds_while_there_is_a_signal(void **state)
{
	static const struct { double hz, dbm0; } tone[] = {
		{ 390, -27 }, { 700, -27 }, { 701, -31 }, { 980, -31 },
		{ 1800, -31 }, { 2100, -31 }, { 2999, -31 }, { 1650, 0 },
	};

	for (size_t i = 0; i < sizeof tone / sizeof tone[0]; i++)
		for (int side = 0; side < 2; side++) {
			struct echo_disabler d;

			disable(&d);
			memset(far, 0, sizeof far);
			lab_tone(side ? near : far, 5 * S, tone[i].dbm0,
				 tone[i].hz, 0);
			assert_int_equal(until(&d, NONE, far, near, 5 * S),
					 5 * S);
		}
}

/* Clause 4.8: not for a gap below 100 ms, else in 250 +/- 150 ms. */
static void is_released_when_both_sides_fall_silent(void **state)
{
	static const double level[] = { -99, -60, -36 };

	for (size_t i = 0; i < sizeof level / sizeof level[0]; i++)
		for (double hz = 200; hz < 3401; hz += 800) {
			struct echo_disabler d;

			disable(&d);
			lab_tone(far, S, level[i], hz, 0);
			lab_tone(near, S, level[i], hz + 9, 0);
			assert_in_range(until(&d, NONE, far, near, S),
					S / 10, 4 * S / 10);
		}
}

static void bears_gaps(void **state)
{
	struct echo_disabler d;

	disable(&d);
	for (int i = 0; i < 20; i++) {
		lab_tone(far, S, -20, 1800, 0);
		memset(far + 160 + 8 * i, 0, 796 * sizeof *far);
		play(&d, far, near, S);
		assert_int_equal(d.bypass, ALL);
	}
	/* and works again afterwards */
	memset(far, 0, sizeof far);
	play(&d, far, near, S);
	assert_int_equal(d.bypass, NONE);
	make(far, 2 * S, &good);
	assert_true(until(&d, ALL, far, near, 2 * S) < S);
}

/* 100 hours may have 10 false operations. There is no such lot of recordings:
 * none may be in those there are, nor may any silence the NLP. */
static void speech_does_not_disable(void **state)
{
	enum { MINUTES = 25 };
	size_t n = (size_t)MINUTES * 60 * S;
	int16_t *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
	static const double levels[] = { -26, -16, -6 };
	unsigned all = 0, nlp = 0;

	assert_non_null(a);
	assert_non_null(b);
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
		struct echo_disabler d;

		if (!lab_speech(a, n, levels[i], 0) ||
		    !lab_speech(b, n, levels[i], 1)) {
			print_message("# %s\n", lab_speech_missing);
			free(a);
			free(b);
			skip();
		}
		echo_tone_clear(&d);
		for (size_t k = 0; k < n; k += ECHO_BLOCK) {
			enum echo_bypass was = d.bypass;

			echo_tone_run(&d, a + k, b + k);
			all += d.bypass == ALL && was != ALL;
			nlp += d.bypass == NLP && was == NONE;
		}
	}
	free(a);
	free(b);
	assert_int_equal(all, 0);
	assert_int_equal(nlp, 0);
}

/* ------------------------------------------------------ the whole canceller */

/* far talks, a modem answers, then they talk again. */
static void a_disabled_canceller_changes_nothing_and_forgets_nothing(void **s)
{
	struct echo *e = echo_new(64, ECHO_NLP);
	static int16_t rx[LONGEST];
	double after, gone;

	assert_non_null(e);
	lab_css(far, 12 * S, -10);
	memset(near, 0, sizeof near);
	make(near + 5 * S, 3 * S, &good);
	memset(far + 5 * S, 0, 3 * S * sizeof *far);
	lab_noise(far + 7 * S, S, -16, 9);	/* the modem on our side */
	memset(far + 8 * S, 0, S * sizeof *far);
	lab_path(&path, 2, 10, 6);
	for (size_t i = 0; i < 12 * S; i++) {
		double y = 0;

		for (size_t k = 0; k < path.length && k <= i; k++)
			y += path.tap[k] * far[i - k];
		echo[i] = y;
		rx[i] = out[i] = lab_mulaw(y + near[i]);
	}
	for (size_t i = 0; i < 12 * S; i += 80) {
		echo_run(e, far + i, out + i, 80);
		if (i == 6 * S)
			assert_int_equal(echo_bypass(e), ALL);
	}
	assert_memory_equal(out + 6 * S, rx + 6 * S, 2 * S * sizeof *out);
	assert_int_equal(echo_bypass(e), NONE);
	after = lab_power(out + 9 * S, CSS);
	gone = lab_power(rx + 9 * S, CSS);
	assert_true(after < gone / 1000);
	echo_free(e);
}

/* Its echo is cancelled as before; what is left passes as without the NLP. */
static void a_fax_keeps_its_echo_cancelled(void **s)
{
	struct echo *with = echo_new(64, ECHO_NLP), *without = echo_new(64, 0);
	static int16_t plain[4 * S];
	struct answer a = good;
	double left, was;

	assert_non_null(with);
	assert_non_null(without);
	a.every = 0;
	lab_noise(far, 4 * S, -12, 9);
	memset(far, 0, S / 2 * sizeof *far);
	make(far + 2 * S, 2 * S, &a);
	for (size_t i = 0; i < 4 * S; i++)
		out[i] = plain[i] = near[i] =
			lab_mulaw(i < 40 ? 0 : far[i - 40] / 2.0);
	echo_run(with, far, out, 4 * S);
	echo_run(without, far, plain, 4 * S);
	assert_int_equal(echo_bypass(with), NLP);
	assert_int_equal(echo_bypass(without), NLP);
	left = lab_power(out + 3 * S, S);
	was = lab_power(near + 3 * S, S);
	assert_true(left < was / 1000);
	assert_memory_equal(out + 3 * S, plain + 3 * S, S * sizeof *out);
	assert_memory_not_equal(out + S, plain + S, S / 2 * sizeof *out);
	echo_reset(with);
	assert_int_equal(echo_bypass(with), NONE);
	echo_free(with);
	echo_free(without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operates_on_every_modem_within_a_second),
		cmocka_unit_test(operates_on_ansam_and_through_noise),
		cmocka_unit_test(other_phase_changes_do_not_disable),
		cmocka_unit_test(other_frequencies_and_levels_do_nothing),
		cmocka_unit_test(a_fax_disables_the_nlp_alone),
		cmocka_unit_test(holds_while_there_is_a_signal),
		cmocka_unit_test(is_released_when_both_sides_fall_silent),
		cmocka_unit_test(bears_gaps),
		cmocka_unit_test(speech_does_not_disable),
		cmocka_unit_test(a_disabled_canceller_changes_nothing_and_forgets_nothing),
		cmocka_unit_test(a_fax_keeps_its_echo_cancelled),
	};

	return cmocka_run_group_tests_name("echo-tone", tests, NULL, NULL);
}
