/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * learn_ear.c - what a call's last seconds sounded like. A tone is evidence
 * when the far side had spoken before it, so that ringback is none, when three
 * cycles of it came in a row, and nobody spoke after it.
 */
#include <string.h>

#include "core/learn.h"
#include "core/near.h"

enum {
	CYCLES = 3,
	CONTINUOUS_MS = 4000,
	PAUSE_MOST_MS = 5000,		/* of a cadence */
	FREQUENCY_PER_CENT = 3, FREQUENCY_HZ = 10,
	TIME_PER_CENT = 12, TIME_MS = 40,
	SPOKEN_MS = 500,		/* before a tone says anything */
	DENIED_MS = 300,		/* of speech after it: the call goes on */
	DOUBTED_MS = 100,		/* after that it is no evidence either */
	LATE_MS = 400,			/* media tells speech when it has paused */
	LAST_MS = 10000,		/* a tone so long ago did not end the call */
};

/* with_off: the silence before the first one of a row may be any. */
static bool alike(const struct learn_burst *a, const struct learn_burst *b,
		  bool with_off)
{
	for (int i = 0; i < TONE_FREQUENCIES; i++)
		if (!near(a->frequency[i], b->frequency[i], FREQUENCY_PER_CENT,
			  b->frequency[i] ? FREQUENCY_HZ : 0))
			return false;
	if (!near(a->on_ms, b->on_ms, TIME_PER_CENT, TIME_MS))
		return false;
	return !with_off || (b->off_ms <= PAUSE_MOST_MS &&
	       near(a->off_ms, b->off_ms, TIME_PER_CENT, TIME_MS));
}

/* The last 3 * n sounds are n that come again and again. */
static bool repeats(const struct learn_ear *ear, unsigned n)
{
	const struct learn_burst *from = ear->burst + ear->count - CYCLES * n;

	for (unsigned i = n; i < CYCLES * n; i++)
		if (!alike(&from[i - n], &from[i], i > n))
			return false;
	return true;
}

static void stands(struct learn_ear *ear, unsigned n, int16_t level, uint64_t now_ms)
{
	const struct learn_burst *from = ear->burst + ear->count - CYCLES * n;

	ear->tone = (struct learn_heard){ .kind = LEARN_TONE, .bursts = n,
					  .level = level };
	for (unsigned i = 0; i < n; i++) {
		struct learn_burst *b = &ear->tone.burst[i];

		*b = from[i];
		b->on_ms = (from[i].on_ms + from[i + n].on_ms +
			    from[i + 2 * n].on_ms + 1) / 3;
		b->off_ms = (from[i + n].off_ms + from[i + 2 * n].off_ms + 1) / 2;
		for (int k = 0; k < TONE_FREQUENCIES; k++)
			b->frequency[k] = (uint16_t)((from[i].frequency[k] +
				from[i + n].frequency[k] +
				from[i + 2 * n].frequency[k] + 1) / 3);
	}
	ear->tone_at = now_ms;
	ear->tone_after = 0;
}

static void hear_burst(struct learn_ear *ear, const struct media_event *e,
		       uint64_t now_ms)
{
	struct learn_burst *b;

	if (ear->count == LEARN_EAR_BURSTS) {
		memmove(&ear->burst[0], &ear->burst[1],
			(LEARN_EAR_BURSTS - 1) * sizeof(ear->burst[0]));
		ear->count--;
	}
	b = &ear->burst[ear->count++];
	memcpy(b->frequency, e->tone.frequency, sizeof(b->frequency));
	b->on_ms = e->tone.on_ms;
	b->off_ms = e->tone.off_ms;
	for (unsigned n = 1; n <= LEARN_BURSTS && CYCLES * n <= ear->count; n++)
		if (repeats(ear, n)) {
			stands(ear, n, e->tone.level, now_ms);
			return;
		}
}

static void hear_tone(struct learn_ear *ear, const struct media_event *e,
		      uint64_t now_ms)
{
	if (ear->spoken_ms < SPOKEN_MS)
		return;
	if (e->tone.on_ms < CONTINUOUS_MS) {
		if (e->tone.ended)
			hear_burst(ear, e, now_ms);
		return;
	}
	ear->count = 0;
	ear->tone = (struct learn_heard){ .kind = LEARN_TONE, .bursts = 1,
					  .level = e->tone.level };
	memcpy(ear->tone.burst[0].frequency, e->tone.frequency,
	       sizeof(ear->tone.burst[0].frequency));
	ear->tone_at = now_ms;
	ear->tone_after = 0;
}

/* Of `ms` of speech the part that surely came after `at`. */
static uint32_t after(uint32_t ms, uint64_t at, uint64_t now_ms)
{
	uint64_t since = now_ms > at + LATE_MS ? now_ms - at - LATE_MS : 0;

	return since < ms ? (uint32_t)since : ms;
}

static bool outlived(struct learn_heard *heard, uint32_t *spoken, uint32_t ms,
		     struct learn_heard *denied)
{
	if (heard->kind == LEARN_NONE)
		return false;
	*spoken += ms;
	if (*spoken < DENIED_MS)
		return false;
	*denied = *heard;
	heard->kind = LEARN_NONE;
	return true;
}

static unsigned hear_speech(struct learn_ear *ear, const struct media_event *e,
			    uint64_t now_ms, struct learn_heard denied[2])
{
	uint64_t length = (uint64_t)e->span.ms * 8;
	uint64_t from = e->sample > length ? e->sample - length : 0;
	uint32_t ms = 0;
	unsigned count = 0;

	if (from < ear->speech_end)
		from = ear->speech_end;
	if (e->sample > from)
		ms = (uint32_t)((e->sample - from) / 8);
	ear->speech_end = e->sample;
	ear->spoken_ms += ms;
	ear->count = 0;
	count += outlived(&ear->tone, &ear->tone_after,
			  after(ms, ear->tone_at, now_ms), &denied[count]);
	count += outlived(&ear->loop, &ear->loop_after,
			  after(ms, ear->loop_at, now_ms), &denied[count]);
	return count;
}

void learn_ear_start(struct learn_ear *ear)
{
	*ear = (struct learn_ear){ 0 };
}

unsigned learn_ear_hear(struct learn_ear *ear, const struct media_event *e,
			uint64_t now_ms, struct learn_heard denied[2])
{
	if (e->type == MEDIA_TONE)
		hear_tone(ear, e, now_ms);
	if (e->type == MEDIA_SPEECH)
		return hear_speech(ear, e, now_ms, denied);
	return 0;
}

/* An earlier one that the call is not known to have outlived counts no more:
 * only the last can have ended it. */
void learn_ear_break(struct learn_ear *ear, uint32_t ms, uint64_t now_ms)
{
	ear->loop = (struct learn_heard){ .kind = LEARN_BREAK, .break_ms = ms };
	ear->loop_at = now_ms;
	ear->loop_after = 0;
}

unsigned learn_ear_ended(const struct learn_ear *ear, uint64_t now_ms,
			 struct learn_heard heard[2])
{
	unsigned count = 0;

	if (ear->tone.kind && ear->tone_after < DOUBTED_MS &&
	    now_ms - ear->tone_at <= LAST_MS)
		heard[count++] = ear->tone;
	if (ear->loop.kind && ear->loop_after < DOUBTED_MS)
		heard[count++] = ear->loop;
	return count;
}
