/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Tones by frequency and cadence, with synthetic segments, for every country. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"
#include "core/supervision.h"

static struct supervision s;
static char words[96];
static unsigned confidence;
static uint64_t sample;

static enum heard hear(const struct media_event *e)
{
	return supervision_hear(&s, e, words, sizeof(words), &confidence);
}

static enum heard burst(const uint16_t *frequency, uint32_t on, uint32_t off, bool ended)
{
	struct media_event e = { .type = MEDIA_TONE };

	sample += (on + off) * 8;
	e.sample = sample;
	memcpy(e.tone.frequency, frequency, sizeof(e.tone.frequency));
	e.tone.on_ms = on;
	e.tone.off_ms = off;
	e.tone.ended = ended;
	return hear(&e);
}

static enum heard speech(uint32_t ms)
{
	struct media_event e = { .type = MEDIA_SPEECH, .span = { .ms = ms } };

	sample += ms * 8;
	e.sample = sample;
	return hear(&e);
}

/* Plays a tone for some cycles with an error of so many per mille in time and
 * frequency; the first verdict that is not one of `skip`. *cycle: when. */
static enum heard play(const struct tone *t, int cycles, int time_error,
		       int frequency_error, enum heard skip, int *cycle)
{
	uint32_t off = 0;

	for (*cycle = 1; *cycle <= cycles; (*cycle)++)
		for (int i = t->loop < t->count && *cycle > 1 ? t->loop : 0;
		     i < t->count; i++) {
			const struct tone_segment *g = &t->segment[i];
			uint16_t f[TONE_FREQUENCIES];
			uint32_t ms = g->ms * (uint32_t)(1000 + time_error) / 1000;
			enum heard h;

			if (!g->frequency[0]) {
				off += ms;
				continue;
			}
			for (int k = 0; k < TONE_FREQUENCIES; k++)
				f[k] = (uint16_t)(g->frequency[k] *
						  (1000 + frequency_error) / 1000);
			h = burst(f, ms ? ms : 4000, off, ms);
			off = 0;
			if (h != HEARD_NOTHING && h != skip)
				return h;
		}
	return HEARD_NOTHING;
}

static void start(const struct country *c)
{
	supervision_start(&s, c->tones, 2000);
	sample = 0;
}

static void us_busy_after_three_cycles(void **state)
{
	const struct country *us = country_find("us");
	int cycle;

	start(us);
	assert_int_equal(play(&us->tones[TONE_BUSY], 9, 0, 0, 0, &cycle), HEARD_BUSY);
	assert_int_equal(cycle, 3);
	assert_string_equal(words, "busy tone 480+620 Hz 0.50/0.50 s, 3 cycles");
	start(us);
	assert_int_equal(play(&us->tones[TONE_CONGESTION], 9, 0, 0, 0, &cycle),
			 HEARD_CONGESTION);
	assert_int_equal(cycle, 3);
}

static void errors_within_tolerance_pass(void **state)
{
	const struct country *us = country_find("us");
	int cycle;

	for (int sign = -1; sign <= 1; sign += 2) {
		start(us);
		assert_int_equal(play(&us->tones[TONE_BUSY], 9, sign * 80, sign * 30,
				      0, &cycle), HEARD_BUSY);
		assert_int_equal(cycle, 3);
	}
	start(us);
	assert_int_equal(play(&us->tones[TONE_BUSY], 20, 300, 0, 0, &cycle),
			 HEARD_NOTHING);
	start(us);
	assert_int_equal(play(&us->tones[TONE_BUSY], 20, 0, 80, 0, &cycle),
			 HEARD_NOTHING);
}

static void speech_vetoes(void **state)
{
	const struct country *us = country_find("us");
	int cycle;

	start(us);
	for (int i = 0; i < 20; i++) {
		assert_int_equal(play(&us->tones[TONE_BUSY], 2, 0, 0, 0, &cycle),
				 HEARD_NOTHING);
		assert_int_equal(speech(200), HEARD_NOTHING);
	}
}

/* Where two tones differ in cadence only, the cadence decides. */
static void one_country(void *arg, const struct country *c)
{
	static const struct { enum tone_id id; enum heard heard; } t[] = {
		{ TONE_BUSY, HEARD_BUSY }, { TONE_CONGESTION, HEARD_CONGESTION },
	};
	int *tried = arg, cycle;

	for (size_t i = 0; i < 2; i++) {
		const struct tone *tone = &c->tones[t[i].id];
		enum heard h;

		if (!tone->count)
			continue;
		start(c);
		h = play(tone, 12, 0, 0, HEARD_RINGBACK, &cycle);
		/* Some countries give both the same tone, or congestion the
		 * sound of another one that ends a call. */
		if (h != HEARD_BUSY && h != HEARD_CONGESTION && h != HEARD_SIT &&
		    h != HEARD_HOWLER && h != HEARD_DIAL)
			fail_msg("%s: tone %d is heard as %d", c->code, t[i].id, h);
		/* Their burst may be more than one; counted in whole cycles. */
		if (h == t[i].heard && cycle > 4)
			fail_msg("%s: tone %d takes %d cycles", c->code, t[i].id, cycle);
		(*tried)++;
	}
	start(c);
	if (c->tones[TONE_RINGBACK].count) {
		enum heard h = play(&c->tones[TONE_RINGBACK], 30, 0, 0,
				    HEARD_RINGBACK, &cycle);

		if (h != HEARD_NOTHING)
			fail_msg("%s: ringback is heard as %d: %s", c->code, h, words);
		assert_true(s.rang);
	}
	start(c);
	if (play(&c->tones[TONE_DIAL], 3, 0, 0, 0, &cycle) != HEARD_DIAL)
		fail_msg("%s: dial tone is not heard", c->code);
}

static void every_country_tells_its_tones_apart(void **state)
{
	int tried = 0;

	country_each(one_country, &tried);
	assert_true(tried > 80);
}

static void dial_tone_is_told_once(void **state)
{
	const struct country *de = country_find("de");
	static const uint16_t hz425[TONE_FREQUENCIES] = { 425 };

	start(de);
	/* 1.4 s might still be a long burst of ringback. */
	assert_int_equal(burst(hz425, 1400, 0, false), HEARD_NOTHING);
	assert_int_equal(burst(hz425, 1600, 0, false), HEARD_DIAL);
	assert_int_equal(burst(hz425, 3000, 0, false), HEARD_NOTHING);
	assert_int_equal(speech(500), HEARD_NOTHING);
	assert_int_equal(burst(hz425, 1600, 0, false), HEARD_DIAL);
}

static void before_dialling_little_is_enough(void **state)
{
	const struct country *us = country_find("us");
	struct media_event e = {
		.type = MEDIA_TONE, .tone = { .frequency = { 440, 350 }, .on_ms = 200 },
	};

	assert_false(supervision_is_dial(us->tones, &e));
	e.tone.on_ms = 300;
	assert_true(supervision_is_dial(us->tones, &e));
	e.tone.frequency[0] = 480;
	assert_false(supervision_is_dial(us->tones, &e));
}

static void answers_by_voice(void **state)
{
	const struct country *us = country_find("us");
	int cycle;

	start(us);
	assert_int_equal(speech(1500), HEARD_NOTHING);
	assert_int_equal(speech(600), HEARD_VOICE);
	assert_int_equal(confidence, 70);
	start(us);
	play(&us->tones[TONE_RINGBACK], 2, 0, 0, HEARD_RINGBACK, &cycle);
	assert_int_equal(speech(200), HEARD_NOTHING);
	assert_int_equal(speech(150), HEARD_VOICE);
	assert_int_equal(confidence, 90);
	assert_int_equal(supervision_ringback_ms(&s), 10000);
}

/* Reports of one stretch of speech that grow are not added up. */
static void growing_spans_count_once(void **state)
{
	struct media_event e = { .type = MEDIA_SPEECH };

	start(country_find("us"));
	for (uint32_t ms = 500; ms < 2000; ms += 500) {
		e.sample = 80000 + ms * 8;
		e.span.ms = ms;
		assert_int_equal(hear(&e), HEARD_NOTHING);
	}
	e.sample = 80000 + 2000 * 8;
	e.span.ms = 2000;
	assert_int_equal(hear(&e), HEARD_VOICE);
}

static void sit_is_heard_at_once(void **state)
{
	const struct country *us = country_find("us");
	int cycle;

	start(us);
	assert_int_equal(play(&us->tones[TONE_SIT], 1, 0, 0, 0, &cycle), HEARD_SIT);
	/* A part of it is nothing. */
	start(us);
	assert_int_equal(burst((uint16_t[TONE_FREQUENCIES]){ 950 }, 330, 0, true),
			 HEARD_NOTHING);
	assert_int_equal(burst((uint16_t[TONE_FREQUENCIES]){ 1800 }, 330, 0, true),
			 HEARD_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(us_busy_after_three_cycles),
		cmocka_unit_test(errors_within_tolerance_pass),
		cmocka_unit_test(speech_vetoes),
		cmocka_unit_test(every_country_tells_its_tones_apart),
		cmocka_unit_test(dial_tone_is_told_once),
		cmocka_unit_test(before_dialling_little_is_enough),
		cmocka_unit_test(answers_by_voice),
		cmocka_unit_test(growing_spans_count_once),
		cmocka_unit_test(sit_is_heard_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
