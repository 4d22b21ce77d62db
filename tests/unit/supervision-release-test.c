/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * No call ends because of what people say or play: an hour of recorded speech
 * and music, pauses not counted, without one verdict that ends a call under any
 * country's plan, and with at most one digit that nobody dialled.
 */
#include "config.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "media/digits.h"
#include "media/law.h"
#include "media/osc.h"
#include "media/player.h"
#include "supervision-rig.h"

#ifdef SANITIZE
#define SECONDS 300
#else
#define SECONDS 3600
#endif

static struct recording recording;
static const char *missing;

static int setup(void **state)
{
	law_init();
	recording_make(&recording, SECONDS, &missing);
	return 0;
}

static int teardown(void **state)
{
	recording_free(&recording);
	return 0;
}

static void need_recording(void)
{
	if (!missing)
		return;
	printf("# skipped: install %s\n", missing);
	skip();
}

static unsigned false_verdicts(const struct country *c)
{
	struct timespec begin, end;
	struct ears e;
	unsigned wrong = 0;
	size_t at = 0;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	ears_open(&e, c);
	while (at + 80 <= recording.n) {
		at += ears_hear(&e, recording.pcm + at, recording.n - at);
		if (!e.heard)
			break;
		wrong++;
		printf("# %s: %s at %.1f s in %s\n", c->code, e.words,
		       (double)at / 8000, recording_at(&recording, at));
		ears_again(&e);
	}
	ears_close(&e);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	/* It was listening all that while; the recording has pauses of its own. */
	assert_true(e.speech_ms > (recording.speech_n + recording.music_n) / 8 / 2);
	printf("# %s: %u false verdicts in %zu s; %.1f min of speech or music "
	       "heard, %u reports of a tone, at most %u of busy or congestion "
	       "in a row; %.0f ns per 20 ms\n", c->code, wrong,
	       recording.n / 8000, (double)e.speech_ms / 60000, e.tones,
	       e.nearest,
	       ((double)(end.tv_sec - begin.tv_sec) * 1e9 +
		(double)(end.tv_nsec - begin.tv_nsec)) /
	       ((double)recording.n / 160));
	return wrong;
}

static void every(void *arg, const struct country *c)
{
#ifdef SANITIZE
	/* A pair and a single tone. */
	if (strcmp(c->code, "us") && strcmp(c->code, "cn"))
		return;
#endif
	*(unsigned *)arg += false_verdicts(c);
}

static void nothing_said_or_played_ends_a_call(void **state)
{
	unsigned wrong = 0;

	need_recording();
	country_each(every, &wrong);
	assert_int_equal(wrong, 0);
}

/* The other party hangs up in the middle of a word. */
static void a_tone_cuts_in(void **state)
{
	enum { BEFORE = 5 * 8000, TURN = 8000, LIMIT = 4 };
	static int16_t pcm[BEFORE + 8 * TURN];
	const struct country *c = country_find("us");
	struct tone busy = c->tones[TONE_BUSY];
	unsigned tried = 0;
	double worst = 0;

	need_recording();
	busy.level = -330;		/* -30 dBm0 in all */
	for (size_t at = 0; at + BEFORE <= recording.n; at += 60 * 8000) {
		struct player p;
		struct ears e;

		memset(pcm, 0, sizeof(pcm));
		memcpy(pcm, recording.pcm + at, BEFORE * sizeof(*pcm));
		player_start(&p, &busy);
		player_run(&p, pcm + BEFORE, 8 * TURN);
		rig_noise(pcm + BEFORE, 8 * TURN, -500, (uint32_t)at);
		rig_ulaw(pcm, sizeof(pcm) / sizeof(*pcm));
		ears_open(&e, c);
		ears_hear(&e, pcm, sizeof(pcm) / sizeof(*pcm));
		double cycles = ((double)e.heard_at - 8000 - BEFORE) / TURN;

		if (e.heard != HEARD_BUSY || cycles > LIMIT)
			fail_msg("after %s: verdict %d, %s, at %.2f cycles",
				 recording_at(&recording, at + BEFORE), e.heard,
				 e.words, cycles);
		worst = cycles > worst ? cycles : worst;
		tried++;
		ears_close(&e);
	}
	printf("# busy tone cut into %u recordings: found in all, after %.2f "
	       "cycles at most\n", tried, worst);
	assert_true(tried >= 5);
}

static void speech_dials_nothing(void **state)
{
	double hours = (double)(recording.speech_n + recording.music_n) /
		       (8000 * 3600.0);
	unsigned digits = 0;
	struct digits d;

	need_recording();
	digits_init(&d);
	for (size_t at = 0; at + 80 <= recording.n; at += 80) {
		digits_run(&d, recording.pcm + at, 80);
		for (unsigned i = 0; i < d.changes; i++) {
			if (!d.change[i].began)
				continue;
			digits++;
			printf("# digit %c at %.1f s in %s\n", d.change[i].digit,
			       (double)at / 8000, recording_at(&recording, at));
		}
	}
	printf("# talk-off: %u false digits in %.2f h, %.1f min of speech and "
	       "%.1f min of music\n", digits, hours,
	       (double)recording.speech_n / 480000,
	       (double)recording.music_n / 480000);
	assert_true(digits <= (hours > 2 ? hours : 1));
}

/* Adds a digit, both tones 15 dB over what is said there meanwhile; false where
 * that is no level of a telephone. */
static bool dial_over(int16_t *s, size_t n, unsigned which)
{
	static const double row[] = { 697, 770, 852, 941 };
	static const double column[] = { 1209, 1336, 1477, 1633 };
	double peak = sqrt(level_squares(s, n) / (double)n) * pow(10, 15 / 20.0);

	if (peak < OSC_DBM0_PEAK / 18 || peak > OSC_DBM0_PEAK / 2)
		return false;	/* -25 to -6 dBm0 each */
	for (size_t i = 0; i < n; i++) {
		double w = 2 * M_PI * (double)i / 8000;

		s[i] = osc_clip((float)(s[i] + peak * (sin(w * row[which / 4]) +
						       sin(w * column[which % 4]))));
	}
	return true;
}

/* Of 60 ms, while the other party's voice comes back from the hybrid. */
static void digits_are_heard_over_speech(void **state)
{
	enum { BEFORE = 4000, DIGIT = 480, AFTER = 2400, PLACES = 2000 };
	static int16_t pcm[BEFORE + DIGIT + AFTER];
	unsigned tried = 0, missed = 0;

	need_recording();
	for (unsigned k = 0; k < PLACES; k++) {
		size_t at = k * ((recording.n - BEFORE - DIGIT - AFTER) / PLACES);
		char expected = "123A456B789C*0#D"[k % 16];
		unsigned right = 0, wrong = 0;
		struct digits d;

		memcpy(pcm, recording.pcm + at, sizeof(pcm));
		if (!dial_over(pcm + BEFORE, DIGIT, k % 16))
			continue;
		tried++;
		rig_ulaw(pcm, sizeof(pcm) / sizeof(*pcm));
		digits_init(&d);
		for (size_t i = 0; i < sizeof(pcm) / sizeof(*pcm); i += 80) {
			digits_run(&d, pcm + i, 80);
			for (unsigned c = 0; c < d.changes; c++)
				if (d.change[c].began)
					*(d.change[c].digit == expected ?
					  &right : &wrong) += 1;
		}
		missed += right != 1 || wrong;
	}
	printf("# %u of %u digits of 60 ms missed over speech and music 15 dB "
	       "below\n", missed, tried);
	assert_true(tried > 100);
	assert_true(missed * 50 <= tried);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_said_or_played_ends_a_call),
		cmocka_unit_test(a_tone_cuts_in),
		cmocka_unit_test(speech_dials_nothing),
		cmocka_unit_test(digits_are_heard_over_speech),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
