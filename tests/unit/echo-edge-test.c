/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The canceller's interface, its loops and extremes. */
#include <stdio.h>
#include <unistd.h>

#include "echo-test.h"
#include "media/echo_kernel.h"

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

/* Some builds of that library print with each sample. */
static void spandsp_runs_in_silence(void **state)
{
	struct echo *e = echo_new(64, ECHO_SPANDSP | ECHO_NLP);
	FILE *heard = tmpfile();
	int to = dup(STDOUT_FILENO);
	char text[16] = "";
	long printed;

	assert_non_null(e);
	assert_non_null(heard);
	lab_noise(tx, S, -16, 2);
	for (size_t i = 0; i < S; i++)
		out[i] = i < 100 ? 0 : tx[i - 100] / 2;
	memcpy(near, out, S * sizeof *out);
	fflush(stdout);
	dup2(fileno(heard), STDOUT_FILENO);
	echo_run(e, tx, out, S);
	fflush(stdout);
	printed = ftell(heard);
	printf("%s", "audible");
	fflush(stdout);
	dup2(to, STDOUT_FILENO);
	close(to);
	rewind(heard);
	assert_int_equal(printed, 0);
	assert_int_equal(fread(text, 1, sizeof text, heard), 7);
	assert_memory_equal(text, "audible", 7);
	assert_memory_not_equal(out, near, S * sizeof *out);
	assert_int_equal(echo_erle(e), 0);
	assert_int_equal(echo_bypass(e), ECHO_BYPASS_NONE);
	echo_reset(e);
	fclose(heard);
	echo_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loops_agree),
		cmocka_unit_test(correlations_agree),
		cmocka_unit_test(silence_from_afar_passes_the_line_untouched),
		cmocka_unit_test(survives_extremes),
		cmocka_unit_test(bears_saturation),
		cmocka_unit_test(instances_share_nothing),
		cmocka_unit_test(leaves_an_odd_end_alone),
		cmocka_unit_test(tells_its_enhancement),
		cmocka_unit_test(spandsp_runs_in_silence),
	};

	return cmocka_run_group_tests_name("echo-edge", tests, NULL, NULL);
}
