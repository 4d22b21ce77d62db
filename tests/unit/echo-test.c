/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* How well and how fast the canceller works. */
#include "echo-test.h"

static struct lab_path path2;

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

int main(void)
{
	const struct CMUnitTest tests[] = {
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
		cmocka_unit_test(a_near_talker_alone_teaches_nothing),
		cmocka_unit_test(a_jump_of_the_path_does_little_harm),
	};

	return cmocka_run_group_tests_name("echo", tests, NULL, NULL);
}
