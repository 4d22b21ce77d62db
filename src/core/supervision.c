/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/supervision.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/near.h"
#include "tipring/method.h"

/* A segment of media's fits one of the plan within these. */
enum {
	FREQUENCY_PER_CENT = 4, FREQUENCY_HZ = 12,
	TIME_PER_CENT = 12, ON_MS = 40, OFF_MS = 70,
	CYCLES = 3,			/* of a cadence before it is believed */
	VOICE_AFTER_RINGBACK_MS = 300,
	DIAL_BEFORE_DIALLING_MS = 250,
	CONTINUOUS_LEAST_MS = 1000,
	OWN_CONTINUOUS_MS = 4000,
	UNHEARD_MS = 40,		/* a shorter silence is none to media */
};

/* A sounding stretch of a plan's tone and the silence before it. */
struct burst {
	const uint16_t *frequency;
	bool modulated;
	uint32_t on_ms, off_ms;	/* on_ms 0: for ever */
};

static bool sounds(const struct tone_segment *s)
{
	return s->frequency[0];
}

/* The bursts of a tone in their order; those before the loop count only where
 * there is nothing in the loop ("!950/330,!1400/330,!1800/330,0"). */
static unsigned bursts(const struct tone *t, struct burst out[TONE_SEGMENTS])
{
	unsigned first = t->loop < t->count ? t->loop : 0, n = 0;
	uint32_t silence = 0;

	for (unsigned i = first; i < t->count; i++)
		if (sounds(&t->segment[i]))
			break;
		else if (i + 1 == t->count)
			first = 0;
	for (unsigned i = first; i < t->count; i++) {
		const struct tone_segment *s = &t->segment[i];

		if (!sounds(s)) {
			silence += s->ms;
			continue;
		}
		if (n && silence < UNHEARD_MS) {
			out[n - 1].on_ms += silence;
			silence = 0;
		}
		out[n++] = (struct burst){ s->frequency, s->modulated, s->ms, silence };
		silence = 0;
	}
	if (n && t->loop < t->count && first == t->loop)
		out[0].off_ms += silence;
	return n;
}

static bool has(const uint16_t *list, uint16_t frequency)
{
	for (int i = 0; i < TONE_FREQUENCIES && list[i]; i++)
		if (near(list[i], frequency, FREQUENCY_PER_CENT, FREQUENCY_HZ))
			return true;
	return false;
}

/* The same frequencies, in any order. Of a modulated tone the carrier does. */
static bool same_sound(const uint16_t *heard, const uint16_t *plan, bool modulated)
{
	if (!heard[0] || !plan[0])
		return false;
	if (modulated)
		return has(heard, plan[0]);
	for (int i = 0; i < TONE_FREQUENCIES && plan[i]; i++)
		if (!has(heard, plan[i]))
			return false;
	for (int i = 0; i < TONE_FREQUENCIES && heard[i]; i++)
		if (!has(plan, heard[i]))
			return false;
	return true;
}

/* From how long on a sound is no burst of any cadence of the plan. */
static uint32_t continuous_from(const struct tone *plan, const uint16_t *heard)
{
	uint32_t longest = CONTINUOUS_LEAST_MS;

	for (int id = 0; id < TONE_COUNT; id++) {
		struct burst b[TONE_SEGMENTS];
		unsigned n = bursts(&plan[id], b);

		for (unsigned i = 0; i < n; i++) {
			uint32_t ms = b[i].on_ms * 13 / 10 + 200;

			if (b[i].on_ms && ms > longest &&
			    same_sound(heard, b[i].frequency, b[i].modulated))
				longest = ms;
		}
	}
	return longest;
}

/* Special information tones say by long and short sounds, 380 and 274 ms, and
 * by frequencies 4 % up or down, what is the matter (ANSI T1.401). */
enum { SIT_PER_CENT = 30, SIT_LONG_MS = 355 };

static bool fits(const struct burst *b, const struct media_event *e, bool first,
		 uint32_t per_cent)
{
	if (!same_sound(e->tone.frequency, b->frequency, b->modulated))
		return false;
	if (!near(e->tone.on_ms, b->on_ms, per_cent, ON_MS))
		return false;
	return first || near(e->tone.off_ms, b->off_ms, per_cent, OFF_MS);
}

/* Counts the bursts of a cadence that came in a row; what does not fit may be
 * the first of a new row. */
static unsigned count_cycles(struct tone_watch *w, const struct tone *t,
			     const struct media_event *e, uint32_t per_cent)
{
	struct burst b[TONE_SEGMENTS];
	unsigned n = bursts(t, b);

	if (!n || !b[0].on_ms)
		return 0;
	if (w->count && fits(&b[w->next], e, false, per_cent)) {
		if (w->count < UINT8_MAX)
			w->count++;
		w->next = (uint8_t)((w->next + 1) % n);
		return w->count / n;
	}
	*w = (struct tone_watch){ 0 };
	for (unsigned i = 0; i < n; i++)
		if (fits(&b[i], e, true, per_cent)) {
			w->count = 1;
			w->next = (uint8_t)((i + 1) % n);
			break;
		}
	return w->count / n;
}

static const char *tone_words(int id)
{
	switch (id) {
	case TONE_DIAL: return release_signs[SIGN_DIAL].name;
	case TONE_STUTTER: return "stutter dial tone";
	case TONE_SECOND_DIAL: return "second dial tone";
	case TONE_RINGBACK: return "ringback";
	case TONE_BUSY: return release_signs[SIGN_BUSY].name;
	case TONE_CONGESTION: return release_signs[SIGN_CONGESTION].name;
	case TONE_HOWLER: return release_signs[SIGN_HOWLER].name;
	case TONE_SIT: return "special information tone";
	case TONE_CALL_WAITING: return "call waiting tone";
	}
	return "";
}

static void describe(char *words, size_t size, const char *name,
		     const struct tone *t, unsigned cycles)
{
	struct burst b[TONE_SEGMENTS];
	unsigned n = bursts(t, b);
	char frequencies[40] = "", times[32] = "";
	size_t at = 0;

	if (n > 1 && cycles && !strcmp(name, tone_words(TONE_SIT))) {
		snprintf(words, size, "%s %u/%u/%u Hz", name,
			 b[0].frequency[0], n > 1 ? b[1].frequency[0] : 0,
			 n > 2 ? b[2].frequency[0] : 0);
		return;
	}
	for (int i = 0; n && i < TONE_FREQUENCIES && b[0].frequency[i]; i++)
		at += (size_t)snprintf(frequencies + at, sizeof(frequencies) - at,
				       "%s%u", i ? "+" : "", b[0].frequency[i]);
	if (n == 1 && b[0].on_ms)
		snprintf(times, sizeof(times), " %u.%02u/%u.%02u s",
			 b[0].on_ms / 1000, b[0].on_ms % 1000 / 10,
			 b[0].off_ms / 1000, b[0].off_ms % 1000 / 10);
	if (cycles)
		snprintf(words, size, "%s %s Hz%s, %u cycle%s", name,
			 frequencies, times, cycles, cycles == 1 ? "" : "s");
	else
		snprintf(words, size, "%s %s Hz, continuous", name, frequencies);
}

static enum heard verdict_of(int id)
{
	switch (id) {
	case TONE_DIAL:
	case TONE_STUTTER:
	case TONE_SECOND_DIAL:
		return HEARD_DIAL;
	case TONE_RINGBACK: return HEARD_RINGBACK;
	case TONE_BUSY: return HEARD_BUSY;
	case TONE_CONGESTION: return HEARD_CONGESTION;
	case TONE_SIT: return HEARD_SIT;
	case TONE_HOWLER: return HEARD_HOWLER;
	}
	return HEARD_NOTHING;
}

static enum heard hear_continuous(struct supervision *s, const struct media_event *e,
				  char *words, size_t size)
{
	for (int id = 0; id < TONE_COUNT; id++) {
		struct burst b[TONE_SEGMENTS];
		unsigned n = bursts(&s->plan[id], b);

		/* Stutter dial tone ends as a continuous one. */
		if (!n || b[n - 1].on_ms ||
		    !same_sound(e->tone.frequency, b[n - 1].frequency,
				b[n - 1].modulated))
			continue;
		if (verdict_of(id) == HEARD_DIAL && s->dial_said)
			return HEARD_NOTHING;
		s->dial_said = verdict_of(id) == HEARD_DIAL;
		describe(words, size, tone_words(id), &s->plan[id], 0);
		return verdict_of(id);
	}
	return HEARD_NOTHING;
}

/* Whether this is a sound that the plan's tone has modulated. */
static bool modulated_in(const struct tone *t, const struct media_event *e)
{
	for (unsigned i = 0; i < t->count; i++)
		if (t->segment[i].modulated && e->tone.swings &&
		    same_sound(e->tone.frequency, t->segment[i].frequency, true))
			return true;
	return false;
}

/* Where one of the plan is modulated like that, it is none that is not. */
static bool excluded(const struct supervision *s, int id, const struct media_event *e)
{
	for (int i = 0; i < TONE_COUNT; i++)
		if (modulated_in(&s->plan[i], e))
			return !modulated_in(&s->plan[id], e);
	return false;
}

static enum heard hear_burst(struct supervision *s, const struct media_event *e,
			     char *words, size_t size)
{
	enum heard best = HEARD_NOTHING;

	s->dial_said = false;
	for (int id = 0; id < TONE_COUNT; id++) {
		unsigned cycles = count_cycles(&s->watch[id], &s->plan[id], e,
			id == TONE_SIT ? SIT_PER_CENT : TIME_PER_CENT);
		unsigned needed = id == TONE_RINGBACK ? 1 : CYCLES;
		enum heard v = verdict_of(id);

		if (excluded(s, id, e)) {
			s->watch[id] = (struct tone_watch){ 0 };
			continue;
		}
		/* Its sounds are like no other's, and its beginning may come
		 * before we listen: two in their order are enough. */
		if (id == TONE_SIT) {
			cycles = s->watch[id].count >= 2 ? needed : 0;
			if (s->watch[id].next == 2)
				s->sit_blocked = e->tone.on_ms >= SIT_LONG_MS;
		}

		/* Of two tones with one cadence the one that says more. */
		if (cycles < needed || v == HEARD_NOTHING || v < best)
			continue;
		best = v;
		describe(words, size, tone_words(id), &s->plan[id], cycles);
	}
	return best;
}

/* A tone that is not of the plan, but of this line. */
static bool hear_own(struct own_tone *o, const struct media_event *e, char *words,
		     size_t size)
{
	const struct tone_segment *first = &o->tone.segment[0];
	unsigned cycles = 0;

	if (!first->ms) {
		if (e->tone.on_ms < OWN_CONTINUOUS_MS ||
		    !same_sound(e->tone.frequency, first->frequency, first->modulated))
			return false;
	} else {
		if (!e->tone.ended)
			return false;
		cycles = count_cycles(&o->watch, &o->tone, e, TIME_PER_CENT);
		if (cycles < CYCLES)
			return false;
	}
	describe(words, size, o->name, &o->tone, cycles);
	return true;
}

static enum heard hear_tone(struct supervision *s, const struct media_event *e,
			    char *words, size_t size)
{
	enum heard v = HEARD_NOTHING;

	s->speech_ms = 0;
	for (unsigned i = 0; i < s->owns; i++)
		if (hear_own(&s->own[i], e, words, size))
			return HEARD_BUSY;
	if (e->tone.on_ms >= continuous_from(s->plan, e->tone.frequency)) {
		memset(s->watch, 0, sizeof(s->watch));
		return hear_continuous(s, e, words, size);
	}
	if (e->tone.ended)
		v = hear_burst(s, e, words, size);
	if (v == HEARD_RINGBACK)
		s->rang = true;
	return v;
}

/* Spans of the same stretch of speech may overlap. */
static enum heard hear_speech(struct supervision *s, const struct media_event *e,
			      char *words, size_t size, unsigned *confidence)
{
	uint64_t length = (uint64_t)e->span.ms * 8;
	uint64_t from = e->sample > length ? e->sample - length : 0;

	memset(s->watch, 0, sizeof(s->watch));
	for (unsigned i = 0; i < s->owns; i++)
		s->own[i].watch = (struct tone_watch){ 0 };
	s->dial_said = false;
	if (from < s->speech_end)
		from = s->speech_end;
	if (e->sample > from)
		s->speech_ms += (uint32_t)((e->sample - from) / 8);
	s->speech_end = e->sample;
	if (s->rang && s->speech_ms >= VOICE_AFTER_RINGBACK_MS) {
		*confidence = 90;
		snprintf(words, size, "voice after ringback");
		return HEARD_VOICE;
	}
	if (!s->rang && s->speech_ms >= s->answer_speech_ms) {
		*confidence = 70;
		snprintf(words, size, "voice for %u ms without a tone", s->speech_ms);
		return HEARD_VOICE;
	}
	return HEARD_NOTHING;
}

void supervision_start(struct supervision *s, const struct tone plan[TONE_COUNT],
		       unsigned answer_speech_ms)
{
	*s = (struct supervision){
		.plan = plan, .answer_speech_ms = answer_speech_ms,
	};
}

void supervision_own(struct supervision *s, const char *name, const struct tone *t)
{
	if (t->count && s->owns < SUPERVISION_OWN)
		s->own[s->owns++] = (struct own_tone){ .name = name, .tone = *t };
}

bool supervision_knows(const struct tone plan[TONE_COUNT], const struct tone *t)
{
	struct media_event e = { .type = MEDIA_TONE };
	struct supervision s;
	char words[96];
	unsigned confidence;

	supervision_start(&s, plan, UINT32_MAX);
	for (unsigned i = 0; i < 4U * t->count; i++) {
		const struct tone_segment *g = &t->segment[i % t->count];

		if (!g->frequency[0]) {
			e.tone.off_ms += g->ms;
			continue;
		}
		memcpy(e.tone.frequency, g->frequency, sizeof(e.tone.frequency));
		e.tone.on_ms = g->ms ? g->ms : 10000;
		e.tone.ended = true;
		if (supervision_hear(&s, &e, words, sizeof(words), &confidence))
			return true;
		e.tone.off_ms = 0;
	}
	return false;
}

enum heard supervision_hear(struct supervision *s, const struct media_event *e,
			    char *words, size_t size, unsigned *confidence)
{
	words[0] = '\0';
	*confidence = 0;
	switch (e->type) {
	case MEDIA_TONE:
		return hear_tone(s, e, words, size);
	case MEDIA_SPEECH:
		return hear_speech(s, e, words, size, confidence);
	case MEDIA_FAX:
		if (e->value != 2100)
			return HEARD_NOTHING;
		*confidence = 95;
		snprintf(words, size, "answer tone of a fax or modem, 2100 Hz");
		return HEARD_FAX;
	default:
		return HEARD_NOTHING;
	}
}

uint64_t supervision_ringback_ms(const struct supervision *s)
{
	struct burst b[TONE_SEGMENTS];
	unsigned n = bursts(&s->plan[TONE_RINGBACK], b);
	uint64_t period = 0;

	for (unsigned i = 0; i < n; i++)
		period += b[i].on_ms + b[i].off_ms;
	return period ? period * 3 / 2 + 1000 : 10000;
}

bool supervision_is_dial(const struct tone plan[TONE_COUNT], const struct media_event *e)
{
	static const enum tone_id ids[] = { TONE_DIAL, TONE_STUTTER, TONE_SECOND_DIAL };

	if (e->type != MEDIA_TONE || e->tone.on_ms < DIAL_BEFORE_DIALLING_MS)
		return false;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct burst b[TONE_SEGMENTS];
		unsigned n = bursts(&plan[ids[i]], b);

		if (n && same_sound(e->tone.frequency, b[n - 1].frequency,
				    b[n - 1].modulated))
			return true;
	}
	return false;
}
