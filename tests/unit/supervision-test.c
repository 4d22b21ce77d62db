/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Every country's busy and congestion tone, from samples to verdict: -30 dBm0
 * in all, white noise 20 dB below it, frequencies 3 % and times 8 % off, coded
 * as mu-law; found within three cycles.
 *
 * A cycle is one turn of the tone's loop as it is sent, its silence included;
 * the verdict has to come before the fourth turn begins, counted from the
 * first sound of the loop that begins after the line is listened to and in
 * silence. Sounds sent once before the loop do not count.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/player.h"
#include "supervision-rig.h"

#define CYCLES 3
#define LEVEL (-300)
#define NOISE (-500)
#define FREQUENCY_ERROR 30	/* per mille */
#define TIME_ERROR 80
#define LEAD 8000		/* samples before the tone */

static int16_t pcm[90 * 8000];

struct trial {
	const struct country *country;
	enum tone_id id;
	int frequency_error, time_error;	/* per mille */
	bool voice;		/* before it, up to its first sample */
	bool trace;
	enum heard heard;
	unsigned ringbacks, voices;
	double cycles;		/* at the verdict */
	char words[96];
};

static struct tone spoilt(const struct trial *t)
{
	/* 10 lg n in 0.1 dB */
	static const int16_t together[TONE_FREQUENCIES + 1] = { 0, 0, 30, 48, 60 };
	struct tone tone = t->country->tones[t->id];
	int n = 0;

	for (int i = 0; i < tone.count; i++) {
		struct tone_segment *s = &tone.segment[i];

		for (int k = 0; k < TONE_FREQUENCIES && s->frequency[k]; k++) {
			s->frequency[k] = (uint16_t)((s->frequency[k] *
				(1000 + t->frequency_error) + 500) / 1000);
			n = !s->modulated && k + 1 > n ? k + 1 : n;
		}
		s->ms = s->ms * (uint32_t)(1000 + t->time_error) / 1000;
	}
	tone.level = LEVEL - together[n];
	return tone;
}

static size_t samples(const struct tone *t, unsigned from, unsigned to)
{
	size_t n = 0;

	for (unsigned i = from; i < to; i++)
		n += t->segment[i].ms * 8;
	return n;
}

/* Hears the tone for five cycles, and for 4 s more where it goes on. */
static void run(struct trial *t)
{
	struct tone tone = spoilt(t);
	size_t once = tone.loop < tone.count ? samples(&tone, 0, tone.loop) : 0;
	size_t cycle = samples(&tone, tone.loop < tone.count ? tone.loop : 0,
			       tone.count);
	size_t n = LEAD + once + 5 * cycle + 32000;
	struct player p;
	struct ears e;

	if (n > sizeof(pcm) / sizeof(*pcm))
		n = sizeof(pcm) / sizeof(*pcm);
	n -= n % 80;
	memset(pcm, 0, n * sizeof(*pcm));
	ears_open(&e, t->country);
	player_start(&p, &tone);
	player_run(&p, pcm + LEAD, n - LEAD);
	if (t->voice)
		rig_voice(pcm, LEAD, 17);
	rig_noise(pcm, n, NOISE, (uint32_t)t->id * 31 + 7);
	rig_ulaw(pcm, n);
	e.trace = t->trace;
	ears_hear(&e, pcm, n);
	t->heard = e.heard;
	t->ringbacks = e.ringbacks;
	t->voices = e.voices;
	memcpy(t->words, e.words, sizeof(t->words));
	t->cycles = ((double)e.heard_at - 8000 - LEAD - (double)once) /
		    (double)cycle;
	ears_close(&e);
}

/* ------------------------------------------------- what cannot be told apart */

static bool alike_ms(uint32_t a, uint32_t b)
{
	/* Both may be 8 % off, the one up and the other down. */
	return a * (1000 - TIME_ERROR) <= b * (1000 + TIME_ERROR) &&
	       b * (1000 - TIME_ERROR) <= a * (1000 + TIME_ERROR);
}

static bool alike_hz(const struct tone_segment *a, const struct tone_segment *b)
{
	for (int k = 0; k < TONE_FREQUENCIES; k++)
		if (a->frequency[k] * (1000 - FREQUENCY_ERROR) >
			b->frequency[k] * (1000 + FREQUENCY_ERROR) ||
		    b->frequency[k] * (1000 - FREQUENCY_ERROR) >
			a->frequency[k] * (1000 + FREQUENCY_ERROR))
			return false;
	return true;
}

/* Whether the first three cycles of `simple`, which is one sound and one
 * silence, may just as well be within one turn of `other`. The silence after
 * the last of them is not heard out yet. */
static bool begins_as(const struct tone *other, const struct tone *simple)
{
	unsigned n = 2 * CYCLES - 1;

	if (simple->count != 2 || other->loop >= other->count)
		return false;
	for (unsigned i = 0; i < n; i++) {
		const struct tone_segment *s = &simple->segment[i % 2];
		unsigned k = i < other->count ? i
			: other->loop + (i - other->count) %
			  (other->count - other->loop);
		const struct tone_segment *o = &other->segment[k];

		if (!alike_ms(s->ms, o->ms) || !alike_hz(s, o))
			return false;
	}
	return true;
}

static bool may_be_either(const struct country *c)
{
	const struct tone *busy = &c->tones[TONE_BUSY];
	const struct tone *congestion = &c->tones[TONE_CONGESTION];

	return begins_as(busy, congestion) || begins_as(congestion, busy);
}

/* -------------------------------------------------------------------- tests */

struct tally {
	unsigned tried, found, either, wrong;
	double worst;
	bool voice;
};

static const char *name(enum tone_id id)
{
	return id == TONE_BUSY ? "busy" : "congestion";
}

static void judge(struct tally *y, struct trial *t)
{
	enum heard want = t->id == TONE_BUSY ? HEARD_BUSY : HEARD_CONGESTION;
	/* A voice that goes over into the tone without a pause hides the
	 * beginning of its first sound, and with it one cycle. */
	double limit = CYCLES + (t->voice ? 1 : 0);
	bool either = may_be_either(t->country) &&
		      (t->heard == HEARD_BUSY || t->heard == HEARD_CONGESTION);

	y->tried++;
	if (t->heard && t->cycles > y->worst)
		y->worst = t->cycles;
	if ((t->heard == want || either) && t->cycles <= limit) {
		y->found++;
		y->either += t->heard != want;
		return;
	}
	y->wrong++;
	if (y->wrong > 40)
		return;
	printf("# %s %s%s, frequency %+d, time %+d per mille: %s%s%s",
	       t->country->code, name(t->id), t->voice ? " after voice" : "",
	       t->frequency_error, t->time_error, t->heard ? "heard as " : "",
	       t->heard ? t->words : "not heard",
	       t->heard ? "" : "\n");
	if (t->heard)
		printf(" at %.2f cycles\n", t->cycles);
}

static void one_country(void *arg, const struct country *c)
{
	struct tally *y = arg;
	const char *only = getenv("TIPRING_TEST_COUNTRY");

	if (only && strcmp(only, c->code))
		return;
	if (may_be_either(c) && !y->voice)
		printf("# %s: busy and congestion sound the same for three "
		       "cycles; either is right\n", c->code);
	for (int id = TONE_BUSY; id <= TONE_CONGESTION; id++)
		for (int k = 0; k < 5; k++) {
			struct trial t = {
				.country = c, .id = (enum tone_id)id,
				.voice = y->voice, .trace = only,
				.frequency_error = k == 4 ? 0 :
					k & 1 ? FREQUENCY_ERROR : -FREQUENCY_ERROR,
				.time_error = k == 4 ? 0 :
					k & 2 ? TIME_ERROR : -TIME_ERROR,
			};

			run(&t);
			judge(y, &t);
		}
}

static void tell(const struct tally *y)
{
	printf("# %u of %u found, %u of them as the other tone that sounds the "
	       "same; the latest after %.2f cycles\n", y->found, y->tried,
	       y->either, y->worst);
	assert_int_equal(y->wrong, 0);
	assert_true(y->tried >= 10);
}

static void busy_and_congestion_of_every_country(void **state)
{
	struct tally y = { 0 };

	country_each(one_country, &y);
	tell(&y);
}

static void right_after_a_voice(void **state)
{
	struct tally y = { .voice = true };

	country_each(one_country, &y);
	tell(&y);
}

struct kind {
	enum tone_id id;
	enum heard heard;
	unsigned tried, wrong;
};

/* Estonia's call waiting is its special information tone. */
static bool same_tone(const struct tone *a, const struct tone *b)
{
	return a->count == b->count &&
	       !memcmp(a->segment, b->segment, sizeof(a->segment));
}

static void one_kind(void *arg, const struct country *c)
{
	const char *only = getenv("TIPRING_TEST_COUNTRY");
	struct kind *kind = arg;

	if (only && strcmp(only, c->code))
		return;
	if (kind->id == TONE_CALL_WAITING &&
	    same_tone(&c->tones[kind->id], &c->tones[TONE_SIT]))
		return;
	for (int k = 0; k < 4; k++) {
		struct trial t = {
			.country = c, .id = kind->id, .trace = only,
			.frequency_error = k & 1 ? FREQUENCY_ERROR : -FREQUENCY_ERROR,
			.time_error = k & 2 ? TIME_ERROR : -TIME_ERROR,
		};

		run(&t);
		kind->tried++;
		/* Ringback ends nothing, but it is told from all else. */
		if (t.heard == kind->heard && !t.voices &&
		    !t.ringbacks == (kind->id != TONE_RINGBACK))
			continue;
		kind->wrong++;
		printf("# %s tone %d, frequency %+d, time %+d per mille: %d, %s, "
		       "ringback %u, voice %u\n", c->code, kind->id,
		       t.frequency_error, t.time_error, t.heard, t.words,
		       t.ringbacks, t.voices);
	}
}

static void the_others_are_what_they_are(void **state)
{
	static const struct kind kinds[] = {
		{ .id = TONE_DIAL, .heard = HEARD_DIAL },
		{ .id = TONE_SECOND_DIAL, .heard = HEARD_DIAL },
		{ .id = TONE_HOWLER, .heard = HEARD_HOWLER },
		{ .id = TONE_SIT, .heard = HEARD_SIT },
		{ .id = TONE_RINGBACK, .heard = HEARD_NOTHING },
		{ .id = TONE_CALL_WAITING, .heard = HEARD_NOTHING },
	};
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct kind k = kinds[i];

		country_each(one_kind, &k);
		wrong += k.wrong;
		assert_true(k.tried > 0);
	}
	assert_int_equal(wrong, 0);
}

/* One of the two alone is not enough: what has the frequency of another tone, or
 * its times, is not it. Where another of the country's own fits, that one is. */
static void other_country(void *arg, const struct country *c)
{
	static const int off[2][2] = { { 120, 0 }, { 0, 450 } };
	unsigned *heard = arg;

	for (int id = TONE_BUSY; id <= TONE_CONGESTION; id++)
		for (int k = 0; k < 2; k++) {
			struct trial t = {
				.country = c, .id = (enum tone_id)id,
				.frequency_error = off[k][0], .time_error = off[k][1],
			};
			enum heard own = id == TONE_BUSY ? HEARD_BUSY : HEARD_CONGESTION;

			run(&t);
			if (t.heard != own)
				continue;
			++*heard;
			printf("# %s %s, %s off: heard as %s\n", c->code,
			       name(t.id), k ? "times 45 %" : "frequency 12 %",
			       t.words);
		}
}

static void frequency_and_cadence_are_both_needed(void **state)
{
	unsigned heard = 0;

	country_each(other_country, &heard);
	assert_int_equal(heard, 0);
}

/* Somebody speaks over it now and then: no call ends under their voice. */
static void speech_over_a_tone_vetoes(void **state)
{
	const struct country *c = country_find("us");
	size_t n = 40 * 8000;
	struct player p;
	struct ears e;

	ears_open(&e, c);
	memset(pcm, 0, n * sizeof(*pcm));
	player_start(&p, &c->tones[TONE_BUSY]);
	player_run(&p, pcm, n);
	for (size_t at = 8000; at + 16000 <= n; at += 16000)
		rig_voice(pcm + at, 12000, (uint32_t)at);
	rig_noise(pcm, n, -600, 5);
	rig_ulaw(pcm, n);
	ears_hear(&e, pcm, n);
	assert_int_equal(e.heard, HEARD_NOTHING);
	/* They stop: the tone counts again. */
	memset(pcm, 0, n * sizeof(*pcm));
	player_start(&p, &c->tones[TONE_BUSY]);
	player_run(&p, pcm, n);
	ears_hear(&e, pcm, n);
	assert_int_equal(e.heard, HEARD_BUSY);
	ears_close(&e);
}

static void voice_alone_is_voice(void **state)
{
	size_t n = 60 * 8000;
	struct ears e;

	ears_open(&e, country_find("us"));
	memset(pcm, 0, n * sizeof(*pcm));
	rig_voice(pcm, n, 3);
	rig_ulaw(pcm, n);
	ears_hear(&e, pcm, n);
	assert_int_equal(e.heard, HEARD_NOTHING);
	assert_true(e.voices > 0);
	ears_close(&e);
}

static void a_howler_has_four_frequencies(void **state)
{
	const struct country *c = country_find("us");
	struct tone howler = c->tones[TONE_HOWLER];
	size_t n = 4 * 8000;

	for (int level = -150; level >= -350; level -= 100) {
		struct player p;
		struct ears e;

		ears_open(&e, c);
		howler.level = (int16_t)level;
		memset(pcm, 0, n * sizeof(*pcm));
		player_start(&p, &howler);
		player_run(&p, pcm, n);
		rig_noise(pcm, n, level - 200, 5);
		rig_ulaw(pcm, n);
		ears_hear(&e, pcm, n);
		assert_int_equal(e.heard, HEARD_HOWLER);
		assert_string_equal(e.words, "howler 1400+2060+2450+2600 Hz "
				    "0.10/0.10 s, 3 cycles");
		ears_close(&e);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(busy_and_congestion_of_every_country),
		cmocka_unit_test(right_after_a_voice),
		cmocka_unit_test(the_others_are_what_they_are),
		cmocka_unit_test(frequency_and_cadence_are_both_needed),
		cmocka_unit_test(speech_over_a_tone_vetoes),
		cmocka_unit_test(voice_alone_is_voice),
		cmocka_unit_test(a_howler_has_four_frequencies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
