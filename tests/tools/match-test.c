/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Tests the tests' own ear: what it must find and what it must miss. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "match.h"

enum { RATE = 8000 };

/* Something like speech: syllables of a few harmonics at a changing pitch and
 * noise between, different for each seed. */
static struct wav speech(unsigned seed, unsigned ms)
{
	struct wav wav = { RATE, (size_t)ms * 8, NULL };
	double pitch = 0, phase = 0, gate, x;
	unsigned noise = seed * 2654435761u + 1;
	size_t i;
	int k;

	wav.samples = calloc(wav.count, sizeof(int16_t));
	assert_non_null(wav.samples);
	for (i = 0; i < wav.count; i++) {
		noise = noise * 1664525u + 1013904223u;
		if (i % 1600 == 0)
			pitch = 100 + noise / 4294967296.0 * 150;
		phase += 2 * M_PI * pitch / RATE;
		gate = sin(M_PI * (double)(i % 1600) / 1600);
		for (x = 0, k = 3; k < 16; k++)
			x += sin(k * phase + seed) / k;
		x = 2500 * gate * x + (noise / 4294967296.0 - 0.5) * 600;
		wav.samples[i] = (int16_t)x;
	}
	return wav;
}

/* What a line does to it: delay, gain in dB, an echo, room at the end. */
static struct wav line(const struct wav *in, unsigned delay_ms, double gain_db,
		       unsigned echo_ms, double echo_db)
{
	size_t delay = (size_t)delay_ms * 8, echo = (size_t)echo_ms * 8, i;
	struct wav wav = { RATE, in->count + delay + RATE, NULL };
	double gain = pow(10, gain_db / 20), back = pow(10, echo_db / 20), x;

	wav.samples = calloc(wav.count, sizeof(int16_t));
	assert_non_null(wav.samples);
	for (i = delay; i < in->count + delay; i++) {
		x = in->samples[i - delay] * gain;
		if (echo && i - delay >= echo)
			x += in->samples[i - delay - echo] * gain * back;
		wav.samples[i] = (int16_t)x;
	}
	return wav;
}

static struct match compare(struct wav *ref, struct wav *heard)
{
	struct match m;

	assert_int_equal(match_compare(&m, ref, heard), 0);
	wav_free(ref);
	wav_free(heard);
	return m;
}

static void test_delay_and_loss(void **state)
{
	struct wav ref = speech(1, 4000), heard = line(&ref, 1234, -12, 0, 0);
	struct match m = compare(&ref, &heard);

	assert_true(m.match > 0.98);
	assert_true(m.pieces > 0.99);
	assert_true(fabs(m.offset_ms - 1234) < 1);
	assert_true(fabs(m.reference_dbm0 - m.level_dbm0 - 12) < 0.5);
	assert_int_equal(m.missing_ms, 0);
}

static void test_crossed_wires(void **state)
{
	struct wav ref = speech(2, 3000), heard = line(&ref, 40, -3, 0, 0);
	struct match m;
	size_t i;

	for (i = 0; i < heard.count; i++)
		heard.samples[i] = (int16_t)-heard.samples[i];
	m = compare(&ref, &heard);
	assert_true(m.match > 0.98);
}

static void test_echo_lowers_match(void **state)
{
	struct wav ref = speech(3, 4000), heard = line(&ref, 100, -3, 60, -3);
	struct match m = compare(&ref, &heard);

	assert_true(m.match > 0.5 && m.match < 0.95);
	assert_true(m.pieces > 0.8);
	assert_true(fabs(m.offset_ms - 100) < 1);
}

static void test_missing_piece(void **state)
{
	struct wav ref = speech(4, 4000), heard = line(&ref, 300, 0, 0, 0);
	struct match m;

	memset(heard.samples + 8 * (300 + 1500), 0, 200 * 8 * sizeof(int16_t));
	m = compare(&ref, &heard);
	assert_int_equal(m.gap_count, 1);
	assert_in_range(m.gaps[0].at_ms, 1400, 1650);
	assert_in_range(m.missing_ms, 100, 300);
	assert_true(m.match > 0.9 && m.match < 0.995);
}

static void test_other_speech(void **state)
{
	struct wav ref = speech(5, 4000), other = speech(77, 4000);
	struct wav heard = line(&other, 300, 0, 0, 0);
	struct match m = compare(&ref, &heard);

	wav_free(&other);
	assert_true(m.match < 0.3);
	assert_true(m.pieces < 0.3);
	assert_true(m.level_dbm0 > -40);
}

static void test_speech_under_other_speech(void **state)
{
	struct wav ref = speech(6, 4000), other = speech(78, 4000);
	struct wav heard = line(&other, 300, 0, 0, 0);
	struct match m;
	size_t i;

	for (i = 0; i < ref.count; i++)
		heard.samples[i] = (int16_t)(heard.samples[i] +
					     ref.samples[i] / 10);
	m = compare(&ref, &heard);
	wav_free(&other);
	assert_true(m.match < 0.3);
}

/* A jitter buffer that adapts moves the second half: the whole matches less,
 * the pieces are all there. */
static void test_moved_half(void **state)
{
	struct wav ref = speech(7, 4000), heard = line(&ref, 300, 0, 0, 0);
	size_t half = (300 + 2000) * 8, by = 20 * 8;
	struct match m;

	memmove(heard.samples + half + by, heard.samples + half,
		(heard.count - half - by) * sizeof(int16_t));
	m = compare(&ref, &heard);
	assert_true(m.match < 0.9);
	assert_true(m.pieces > 0.95);
}

/* A sender that stood still for 120 ms. */
static void test_slip(void **state)
{
	struct wav ref = speech(11, 4000), heard = line(&ref, 300, 0, 0, 0);
	size_t half = (300 + 2000) * 8, by = 120 * 8;
	struct match m;

	memmove(heard.samples + half + by, heard.samples + half,
		(heard.count - half - by) * sizeof(int16_t));
	m = compare(&ref, &heard);
	assert_true(m.match < 0.9);
	assert_true(m.pieces > 0.9);
	assert_int_equal(m.slips, 1);
}

static void test_silence(void **state)
{
	struct wav ref = speech(8, 1000), none = { RATE, 0, NULL };
	struct wav heard = { RATE, RATE, calloc(RATE, sizeof(int16_t)) };
	struct match m;

	assert_int_equal(match_compare(&m, &ref, &none), 0);
	assert_true(m.match < 0.01);
	assert_int_equal(match_compare(&m, &heard, &ref), -EINVAL);
	m = compare(&ref, &heard);
	assert_true(m.match < 0.01);
	assert_true(m.level_dbm0 <= -90);
}

/* A recording that breaks off in the middle of something loud. */
static void test_cut_end(void **state)
{
	struct wav ref = speech(10, 1800), heard = line(&ref, 800, 0, 0, 0);
	struct match m;
	size_t i;

	heard.count = (size_t)(800 + 1800) * 8;
	for (i = heard.count - 400; i < heard.count; i++)
		heard.samples[i] = (int16_t)(6000 * sin((double)i * 1.3 + 1));
	m = compare(&ref, &heard);
	assert_true(m.match > 0.3 && m.match <= 1);
	assert_true(fabs(m.offset_ms - 800) < 1);
}

static void test_level(void **state)
{
	int16_t sine[RATE];
	int i;

	for (i = 0; i < RATE; i++)
		sine[i] = (int16_t)(32767 * sin(2 * M_PI * 1000 * i / RATE));
	assert_true(fabs(wav_level(sine, RATE) - 3.14) < 0.01);
	assert_true(wav_level(sine, 0) == -99);
}

static void test_files(void **state)
{
	char path[] = "/tmp/match-test.XXXXXX";
	struct wav ref = speech(9, 500), back;
	const char *why = NULL;
	FILE *f;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(wav_write(&ref, path), 0);
	assert_int_equal(wav_read(&back, path, false, &why), 0);
	assert_int_equal(back.count, ref.count);
	assert_memory_equal(back.samples, ref.samples, ref.count * 2);
	wav_free(&back);
	/* A recorder that was killed leaves the length 0. */
	f = fopen(path, "r+b");
	assert_non_null(f);
	fseek(f, 40, SEEK_SET);
	fwrite("\0\0\0\0", 1, 4, f);
	fclose(f);
	assert_int_equal(wav_read(&back, path, false, &why), 0);
	assert_int_equal(back.count, ref.count);
	wav_free(&back);
	assert_int_equal(truncate(path, 30), 0);
	assert_int_equal(wav_read(&back, path, false, &why), -EINVAL);
	assert_non_null(why);
	unlink(path);
	assert_int_equal(wav_read(&back, path, false, &why), -ENOENT);
	wav_free(&ref);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_delay_and_loss),
		cmocka_unit_test(test_crossed_wires),
		cmocka_unit_test(test_echo_lowers_match),
		cmocka_unit_test(test_missing_piece),
		cmocka_unit_test(test_other_speech),
		cmocka_unit_test(test_speech_under_other_speech),
		cmocka_unit_test(test_moved_half),
		cmocka_unit_test(test_slip),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_cut_end),
		cmocka_unit_test(test_level),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
