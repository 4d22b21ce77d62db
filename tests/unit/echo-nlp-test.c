/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The non-linear processor: what it hides, and that it hides nobody. */
#include "echo-test.h"

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

static int16_t plain[LONGEST];	/* the same without the processor */

static double level(const int16_t *x, size_t n)
{
	return lab_dbm0(lab_power(x, n));
}

/* ------------------------------------------------------------------- noise */

enum colour { WHITE, DARK, BRIGHT, HUM, COLOURS };
static const char *const names[] = { "white", "dark", "bright", "hum" };

static void make_noise(int16_t *x, size_t n, enum colour c, double dbm0)
{
	double last = 0, gain = 0;
	static double y[LONGEST];

	lab_noise(x, n, -20, 3);
	for (size_t i = 0; i < n; i++) {
		double in = x[i];

		y[i] = c == DARK ? in + 0.9 * last :
			c == BRIGHT ? in - 0.9 * last :
			c == HUM ? 0.2 * in + 1600 *
			sin(2 * M_PI * 100 * (double)i / S) : in;
		last = y[i];
		gain += y[i] * y[i];
	}
	gain = LAB_RMS_0DBM0 * pow(10, dbm0 / 20) / sqrt(gain / (double)n);
	for (size_t i = 0; i < n; i++)
		x[i] = (int16_t)lrint(gain * y[i]);
}

/* Power in four bands of about an octave, by Goertzel every 50 Hz. */
#define BANDS 4
static void bands(const int16_t *x, size_t n, double *power)
{
	static const double edge[BANDS + 1] = { 50, 500, 1000, 2000, 3800 };
	const size_t w = 160;

	memset(power, 0, BANDS * sizeof *power);
	for (size_t at = 0; at + w <= n; at += w)
		for (int b = 0; b < BANDS; b++)
			for (double f = edge[b]; f < edge[b + 1]; f += 50) {
				double c = 2 * cos(2 * M_PI * f / S);
				double s = 0, t = 0;

				for (size_t i = 0; i < w; i++) {
					double v = x[at + i] * sin(M_PI *
						((double)i + 0.5) / (double)w) +
						c * s - t;

					t = s;
					s = v;
				}
				power[b] += s * s + t * t - c * s * t;
			}
}

/* Against what the line's noise alone is after mu-law. */
struct floor {
	double low, high;	/* of all half seconds, dB */
	unsigned count, outside; /* half seconds, and those beyond 2 dB */
	double band;		/* the most that a band changes that has at
				   least -14 dB of the noise, dB */
};

static void measure_floor(enum colour c, double dbm0, unsigned k,
			  struct floor *f)
{
	const size_t from = 6 * S, w = S / 2;
	struct lab_run r = run_of(LONGEST);
	double in[BANDS], now[BANDS];

	*f = (struct floor){ 0 };
	r.canceller = &with_nlp;
	make_noise(near, r.n, c, dbm0);
	r.near = near;
	lab_path(&path, k, 10, 6);
	go(&r);
	for (size_t i = 0; i < r.n; i++)
		plain[i] = lab_mulaw(near[i]);
	for (size_t i = from; i + w <= r.n; i += w) {
		double d = level(out + i, w) - level(plain + i, w);

		f->low = fmin(f->low, d);
		f->high = fmax(f->high, d);
		f->count++;
		f->outside += fabs(d) > 2;
	}
	bands(plain + from, r.n - from, in);
	bands(out + from, r.n - from, now);
	for (int b = 0; b < BANDS; b++)
		if (in[b] > 0.04 * (in[0] + in[1] + in[2] + in[3]))
			f->band = fmax(f->band,
				       fabs(10 * log10(now[b] / in[b])));
}

/* While the far end talks and pauses, the line's noise goes on as it is. One
 * half second of twelve may have a residual on top of it. */
static void the_floor_goes_on(void **state)
{
	static const double levels[] = { -65, -55, -45 };
	struct floor f;

	lab_babble(far, LONGEST, -10, 5);
	for (size_t i = 0; i < 3; i++)
		for (unsigned c = 0; c < COLOURS; c++)
			for (unsigned k = 0; k < LAB_PATHS; k++) {
				measure_floor((enum colour)c, levels[i], k, &f);
				if (f.low >= -2 && f.outside <= 1 &&
				    f.band <= 4)
					continue;
				fail_msg("%s noise of %.0f dBm0 on path %u: "
					 "%.1f to %.1f dB, a band %.1f",
					 names[c], levels[i], k, f.low, f.high,
					 f.band);
			}
}

/* Speech finds parts of the path that the filter has not learnt. Then what is
 * left is louder than a residual and passes: but the floor never has holes. */
static void the_floor_goes_on_under_speech(void **state)
{
	unsigned count = 0, outside = 0;
	struct floor f;

	if (!lab_speech(far, LONGEST, -16, 0)) {
		print_message("# %s\n", lab_speech_missing);
		skip();
	}
	for (unsigned k = 0; k < LAB_PATHS; k++) {
		measure_floor(k & 1 ? DARK : WHITE, -60, k, &f);
		if (f.low < -2)
			fail_msg("path %u: a hole of %.1f dB", k, f.low);
		count += f.count;
		outside += f.outside;
	}
	print_message("# %u of %u half seconds beyond 2 dB\n", outside, count);
	assert_true(2 * outside < count);
}

/* The line's noise may fall or rise in a call. */
static void the_floor_is_learnt_anew(void **state)
{
	static const double levels[][2] = { { -45, -62 }, { -62, -48 } };
	struct lab_run r = run_of(LONGEST);

	r.canceller = &with_nlp;
	r.near = near;
	lab_babble(far, LONGEST, -10, 5);
	lab_path(&path, 1, 10, 6);
	for (size_t i = 0; i < 2; i++) {
		double d;

		lab_noise(near, 5 * S, levels[i][0], 3);
		lab_noise(near + 5 * S, LONGEST - 5 * S, levels[i][1], 4);
		go(&r);
		d = level(out + 9 * S, 3 * S) - levels[i][1];
		if (fabs(d) > 2)
			fail_msg("%.0f to %.0f dBm0: %.1f dB beside it",
				 levels[i][0], levels[i][1], d);
	}
}

/* No noise, no comfort noise. */
static void a_silent_line_stays_silent(void **state)
{
	struct lab_run r = run_of(LONGEST);

	r.canceller = &with_nlp;
	lab_babble(far, LONGEST, -10, 5);
	lab_path(&path, 1, 10, 6);
	go(&r);
	assert_true(level(out + 6 * S, 6 * S) < -75);
}

/* It does something: the residual is not to be heard. */
static void the_residual_is_gone(void **state)
{
	struct lab_run r = run_of(LONGEST);

	lab_babble(far, LONGEST, -10, 5);
	lab_noise(near, LONGEST, -70, 3);
	r.near = near;
	for (unsigned k = 0; k < LAB_PATHS; k++) {
		lab_path(&path, k, 10, 6);
		r.canceller = &lab_builtin;
		go(&r);
		memcpy(plain, out, sizeof out);
		r.canceller = &with_nlp;
		go(&r);
		assert_true(level(out + 4 * S, 8 * S) < -67);
		assert_true(level(plain + 4 * S, 8 * S) >
			    level(out + 4 * S, 8 * S) + 6);
	}
}

/* ---------------------------------------------------------- the near talker */

static void keep_talker(double near_level, double delay, unsigned k)
{
	const size_t w = S / 50;
	struct lab_run r = run_of(11 * S);
	double change;
	unsigned lost = 0;

	near_from_5_to_9(near_level);
	r.near = near;
	lab_path(&path, k, delay, 6);
	go(&r);
	memcpy(plain, out, r.n * sizeof *out);
	r.canceller = &with_nlp;
	go(&r);
	/* Echo beside it is not the processor's doing: where the filter leaves
	 * some, the two are compared. */
	change = level(out + 5 * S, 4 * S) - level(plain + 5 * S, 4 * S);
	for (size_t i = 5 * S; i + w <= 9 * S; i += w)
		lost += level(near + i, w) > near_level - 10 &&
			level(out + i, w) < level(plain + i, w) - 1;
	if (fabs(change) > 0.5 || lost > 3 ||
	    fabs(level(out + 5 * S, 4 * S) - level(near + 5 * S, 4 * S)) > 1.5)
		fail_msg("path %u, delay %.0f: near %.0f dBm0 changed by %.1f "
			 "dB, %u blocks of 20 ms lost", k, delay, near_level,
			 change, lost);
}

static void near_speech_passes(void **state)
{
	static const double delays[] = { 0, 10, 40 };

	if (!lab_speech(far, 11 * S, -16, 0))
		lab_babble(far, 11 * S, -16, 5);
	for (size_t i = 0; i < 3; i++)
		for (unsigned k = 0; k < LAB_PATHS; k++)
			for (double down = 0; down < 21; down += 10)
				keep_talker(-16 - down, delays[i], k);
}

/* A burst into far speech, at any moment of it. */
static void the_first_syllable_is_whole(void **state)
{
	static const double levels[] = { -16, -26, -36 };
	double first = 0, sum = 0, count = 0;

	if (!lab_speech(far, LONGEST, -16, 0))
		lab_babble(far, LONGEST, -16, 5);
	for (size_t i = 0; i < 3; i++)
		for (unsigned k = 0; k < LAB_PATHS; k++) {
			struct lab_run r = run_of(LONGEST);

			first = sum = count = 0;
			memset(near, 0, sizeof near);
			for (size_t at = 4 * S + 411 * k; at < 11 * S;
			     at += 3456)
				lab_noise(near + at, S / 10, levels[i], at);
			r.near = near;
			lab_path(&path, k, 10, 6);
			r.canceller = &with_nlp;
			go(&r);
			for (size_t at = 4 * S + 411 * k; at < 11 * S;
			     at += 3456) {
				double d = level(out + at, S / 50) -
					level(near + at, S / 50);

				first = fmin(first, d);
				sum += d;
				count++;
			}
			if (first < -2 || sum / count < -0.5)
				fail_msg("path %u: the first 20 ms of %.0f dBm0 "
					 "lose up to %.1f dB, mean %.1f", k,
					 levels[i], -first, -sum / count);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_floor_goes_on),
		cmocka_unit_test(the_floor_goes_on_under_speech),
		cmocka_unit_test(the_floor_is_learnt_anew),
		cmocka_unit_test(a_silent_line_stays_silent),
		cmocka_unit_test(the_residual_is_gone),
		cmocka_unit_test(near_speech_passes),
		cmocka_unit_test(the_first_syllable_is_whole),
	};

	return cmocka_run_group_tests_name("echo-nlp", tests, NULL, NULL);
}
