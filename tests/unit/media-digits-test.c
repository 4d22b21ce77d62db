/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* DTMF made, heard, and kept out of what goes on. */
#include <errno.h>
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

static size_t hear(const int16_t *s, size_t n)
{
	struct digits d;
	size_t count = 0;

	digits_init(&d);
	for (size_t at = 0; at + 80 <= n; at += 80) {
		digits_run(&d, s + at, 80);
		for (unsigned i = 0; i < d.changes; i++)
			if (!d.change[i].began) {
				heard_ms[count] = d.change[i].samples / 8;
				heard_digits[count++] = d.change[i].digit;
			}
	}
	heard_digits[count] = 0;
	return count;
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
	digits_init(&d);
	memcpy(out, pcm, n * sizeof(*pcm));
	for (size_t at = 0; at + 80 <= n; at += 80) {
		digits_run(&d, out + at, 80);
		digits_mute(&d, out + at, 80);
	}
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
	digits_init(&d);
	for (size_t at = 0; at + 80 <= n; at += 80) {
		digits_run(&d, out + at, 80);
		digits_mute(&d, out + at, 80);
	}
	for (size_t i = 80; i < n; i++)
		if (pcm[i - 80]) {
			all++;
			same += out[i] == pcm[i - 80];
		}
	assert_true(same > all * 0.995);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dialled_digits_are_heard),
		cmocka_unit_test(dialler_pauses),
		cmocka_unit_test(open_digit_lasts_as_told),
		cmocka_unit_test(relayed_digits_do_not_leak),
		cmocka_unit_test(speech_passes_the_muting),
	};

	return cmocka_run_group_tests_name("media-digits", tests, setup, NULL);
}
