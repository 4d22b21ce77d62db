/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* DTMF made, heard, and kept out of what goes on. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "media-rig.h"
#include "media/dialler.h"
#include "media/digits.h"
#include "media/osc.h"

#define SECONDS 60

static int16_t pcm[SECONDS * 8000];

static int setup(void **state)
{
	osc_init();
	return 0;
}

static char heard_digits[256];
static unsigned heard_ms[256];

/* all: the receiver is shown all there is. */
static size_t hear_some(const int16_t *s, size_t n, bool all)
{
	struct digits d;
	size_t count = 0;

	assert_int_equal(digits_init(&d, 0, 0), 0);
	d.faint = all;
	for (size_t at = 0; at + 80 <= n; at += 80) {
		digits_run(&d, s + at, 80);
		for (unsigned i = 0; i < d.changes; i++)
			if (!d.change[i].began) {
				heard_ms[count] = d.change[i].samples / 8;
				heard_digits[count++] = d.change[i].digit;
			}
	}
	heard_digits[count] = 0;
	digits_fini(&d);
	return count;
}

static size_t hear(const int16_t *s, size_t n)
{
	return hear_some(s, n, false);
}

static void dialled_digits_are_heard(void **state)
{
	struct dialler d = { 0 };
	size_t n = 0;

	assert_int_equal(dialler_add_string(&d, "0123456789*#ABCD", 70, 70), 0);
	while (dialler_run(&d, pcm + n, 80))
		n += 80;
	assert_in_range(n, 16 * 1120 - 160, 16 * 1120 + 160);
	memset(pcm + n + 80, 0, 1600 * sizeof(*pcm));
	hear(pcm, n + 1600);
	assert_string_equal(heard_digits, "0123456789*#ABCD");
	assert_int_equal(dialler_add(&d, 'x', 50, 50), -EINVAL);
	for (int i = 0; i < DIALLER_DIGITS; i++)
		assert_int_equal(dialler_add(&d, '1', 50, 50), 0);
	assert_int_equal(dialler_add(&d, '1', 50, 50), -ENOBUFS);
}

static void dialler_pauses(void **state)
{
	struct dialler d = { 0 };
	size_t n = 0;

	dialler_add_string(&d, "1w2", 100, 100);
	while (dialler_run(&d, pcm + n, 80))
		n += 80;
	assert_int_equal(n + 80, (100 + 100 + 500 + 100 + 100) * 8);
}

static void open_digit_lasts_as_told(void **state)
{
	struct dialler d = { 0 };
	size_t n = 0;

	dialler_open(&d, '7', 50);
	for (; n < 10 * 80; n += 80)
		dialler_run(&d, pcm + n, 80);
	dialler_close(&d, 250);
	while (dialler_run(&d, pcm + n, 80))
		n += 80;
	assert_int_equal(n + 80, 300 * 8);
	/* Told to be shorter than it has been: ends now. */
	dialler_open(&d, '7', 50);
	for (n = 0; n < 2400; n += 80)
		dialler_run(&d, pcm + n, 80);
	dialler_close(&d, 70);
	while (dialler_run(&d, pcm + n, 80))
		n += 80;
	assert_int_equal(n + 80, 350 * 8);
	/* Never told: not for ever. */
	dialler_open(&d, '7', 50);
	for (n = 0; dialler_run(&d, pcm, 80); n += 80)
		assert_true(n < 48000);
}

static void relayed_digits_do_not_leak(void **state)
{
	static int16_t out[SECONDS * 8000];
	static const char all[] = "1234567890*#ABCD";
	struct digits d;
	size_t n = 0, in;

	/* At every position within the receiver's blocks, loud and soft. */
	memset(pcm, 0, sizeof(pcm));
	for (int i = 0; i < 200; i++) {
		struct dialler dial = { 0 };

		n += 400 + (size_t)i * 13 % 102;
		dialler_add(&dial, all[i % 16], 80, 0);
		while (dialler_run(&dial, pcm + n, 80))
			n += 80;
		n += 80;
		if (i % 2)
			for (size_t k = n - 720; k < n; k++)
				pcm[k] /= 8;
	}
	n += 1600;
	in = hear(pcm, n);
	assert_int_equal(in, 200);
	assert_int_equal(digits_init(&d, 0, 0), 0);
	memcpy(out, pcm, n * sizeof(*pcm));
	for (size_t at = 0; at + 80 <= n; at += 80) {
		digits_run(&d, out + at, 80);
		digits_mute(&d, out + at, 80);
	}
	digits_fini(&d);
	assert_int_equal(hear(out, n), 0);
	/* Nor is there a click of each: what is left of 200 digits that were
	 * -7 dBm0 and softer, over them all. */
	assert_true(level_dbm0(level_squares(out, n), n) < -400);
}

static void speech_passes_the_muting(void **state)
{
	static int16_t out[20 * 8000];
	size_t n = 20 * 8000, same = 0, all = 0;
	struct digits d;

	speech_like(pcm, n, 5);
	memcpy(out, pcm, n * sizeof(*pcm));
	assert_int_equal(digits_init(&d, 0, 0), 0);
	for (size_t at = 0; at + 80 <= n; at += 80) {
		digits_run(&d, out + at, 80);
		digits_mute(&d, out + at, 80);
	}
	digits_fini(&d);
	for (size_t i = 80; i < n; i++)
		if (pcm[i - 80]) {
			all++;
			same += out[i] == pcm[i - 80];
		}
	assert_true(same > all * 0.995);
}

static void add_tone(int16_t *to, size_t n, double hz, double dbm0)
{
	double peak = OSC_DBM0_PEAK * pow(10, dbm0 / 20);

	for (size_t i = 0; i < n; i++)
		to[i] = osc_clip(to[i] + (float)(peak *
				 sin(2 * M_PI * hz * (double)i / 8000)));
}

static double between(uint32_t *r, double least, double most)
{
	*r = *r * 1664525u + 1013904223u;
	return least + (most - least) * (double)(*r >> 8) / 16777216;
}

/* What is kept from the receiver is nothing that it would have taken for a
 * digit: of any level and twist it takes, 1.5 % off, in noise, over the echo of
 * dial tone, over a voice. */
static void nothing_is_kept_from_the_receiver(void **state)
{
	static const double row[] = { 697, 770, 852, 941 };
	static const double column[] = { 1209, 1336, 1477, 1633 };
	char shown_all[256];
	size_t total = 0;
	uint32_t r = 1;

	for (int what = 0; what < 16; what++) {
		size_t n = 30 * 8000;

		memset(pcm, 0, sizeof(pcm));
		if (what % 4 == 3)
			speech_like(pcm, n, (unsigned)what);
		for (size_t i = 0; i < n; i++)
			pcm[i] = osc_clip(pcm[i] / 8.0f +
					  (float)between(&r, -120, 120));
		if (what % 4 == 2) {
			add_tone(pcm, n, 350, between(&r, -25, -10));
			add_tone(pcm, n, 440, between(&r, -25, -10));
		}
		for (size_t at = 800; at + 2400 < n; at += 1600 + (r >> 20)) {
			size_t length = (size_t)between(&r, 240, 900);
			double off = between(&r, 0.985, 1.015);
			double level = between(&r, -36, -6);

			add_tone(pcm + at, length, row[r >> 8 & 3] * off,
				 level + between(&r, -4, 3));
			add_tone(pcm + at, length, column[r >> 8 & 3] * off,
				 level);
		}
		total += hear_some(pcm, n, true);
		strcpy(shown_all, heard_digits);
		hear_some(pcm, n, false);
		assert_string_equal(heard_digits, shown_all);
	}
	assert_true(total > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialled_digits_are_heard),
		cmocka_unit_test(dialler_pauses),
		cmocka_unit_test(open_digit_lasts_as_told),
		cmocka_unit_test(relayed_digits_do_not_leak),
		cmocka_unit_test(speech_passes_the_muting),
		cmocka_unit_test(nothing_is_kept_from_the_receiver),
	};

	return cmocka_run_group_tests_name("media-digits", tests, setup, NULL);
}
