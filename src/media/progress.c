/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/osc.h"
#include "media/spectrum.h"

#define BLOCK 40		/* samples of the envelope: 5 ms */
#define HANG (8 * BLOCK)	/* a gap shorter than that is a beat, not an end */
#define HOP 80			/* between spectra, twice that in long sounds */
#define LONG 2400		/* samples */
#define PLAN_MAX 24
#define SNAP 0.04f		/* a plan's frequency that far off is it still */
#define SAME 0.01f		/* two windows show the same frequency; a voice's */
#define SAME_HZ 2.0f		/* moves on by more than that */
#define PURE 0.78f		/* part of a tone in the power of its window */
#define STEADY 2.4f		/* factor of power within a tone */
#define SECOND_PEAK 0.06f	/* of the strongest: part of the tone */
#define SHORTEST 640		/* samples of a tone */
#define UNPLANNED 2000		/* of one that is in no plan */
#define VOICE 370.0f		/* Hz; below it, without a plan, it is a voice */
#define UNRESOLVED 35		/* Hz */
#define BLURRED 7		/* windows that see two tones at their change */
#define CLICK 320		/* shorter sounds are nothing */
#define FIRST_REPORT 4000	/* of a tone that goes on, then each second */
#define SPEECH_SPAN 4000
#define SPEECH_PAUSE 2400	/* ends a span of speech */
#define SECOND 8000
#define THRESHOLD (-420)	/* 0.1 dBm0 */
#define NOISE_MOST (-300)

/* What one window, or a whole stretch, is made of. */
struct mix {
	uint16_t hz[TONE_FREQUENCIES];	/* ascending; 0 ends, none: no tone */
	float raw[TONE_FREQUENCIES];	/* as measured, before the plan */
};

struct progress {
	uint16_t plan[PLAN_MAX];
	unsigned planned;
	uint16_t set[PLAN_MAX][TONE_FREQUENCIES];	/* that sound together */
	unsigned sets;
	uint16_t pair[4][2];	/* closer than a spectrum can tell */
	unsigned pairs;
	float threshold, noise_most;	/* mean squares */

	int16_t past[SPECTRUM_SIZE];
	int16_t block[BLOCK];
	size_t filled;
	uint64_t now;		/* samples before the present block's end */
	float noise;

	bool sounding;
	uint64_t begin, last;	/* of the sound; last: end of its loud part */
	uint64_t end_before;	/* of the sound before it */
	float top;		/* its envelope's top */
	struct mix mix;
	struct mix other;	/* another one that seems to follow */
	unsigned windows, matches, others;
	uint64_t hop_due, other_at, match_at;
	double power;		/* of matching windows, summed up */
	uint64_t report_due;
	uint64_t told;		/* speech told of up to here */

	uint32_t speech;	/* samples not told yet */
	double squares;		/* of the span that is gathered */
	size_t squared;
	uint64_t quiet_since;	/* silence told of up to here */

	void (*emit)(void *, const struct media_event *);
	void *arg;
};

/* --------------------------------------------------------------------- plan */

static float square_of(int level)
{
	float peak = OSC_DBM0_PEAK * level_gain(level);

	return peak * peak / 2;
}

static void add_frequency(struct mix *m, uint16_t hz, float raw)
{
	int i = 0;

	while (i < TONE_FREQUENCIES && m->hz[i] && m->hz[i] < hz)
		i++;
	if (i == TONE_FREQUENCIES || m->hz[i] == hz)
		return;
	for (int k = TONE_FREQUENCIES - 1; k > i; k--) {
		m->hz[k] = m->hz[k - 1];
		m->raw[k] = m->raw[k - 1];
	}
	m->hz[i] = hz;
	m->raw[i] = raw;
}

/* Whether the plan has just these frequencies together. */
static bool planned(const struct progress *p, const struct mix *m)
{
	for (unsigned i = 0; i < p->sets; i++)
		if (!memcmp(p->set[i], m->hz, sizeof(m->hz)))
			return true;
	return false;
}

static void plan_frequency(struct progress *p, uint16_t hz)
{
	for (unsigned i = 0; i < p->planned; i++)
		if (p->plan[i] == hz)
			return;
	if (p->planned < PLAN_MAX)
		p->plan[p->planned++] = hz;
}

static void plan_segment(struct progress *p, const struct tone_segment *s)
{
	int n = s->modulated ? 1 : TONE_FREQUENCIES;
	struct mix m = { 0 };

	for (int i = 0; i < n && s->frequency[i]; i++) {
		plan_frequency(p, s->frequency[i]);
		add_frequency(&m, s->frequency[i], 0);
	}
	if (!m.hz[0] || planned(p, &m) || p->sets == PLAN_MAX)
		return;
	memcpy(p->set[p->sets++], m.hz, sizeof(m.hz));
	if (m.hz[1] && !m.hz[2] && m.hz[1] - m.hz[0] < UNRESOLVED &&
	    p->pairs < 4)
		memcpy(p->pair[p->pairs++], m.hz, sizeof(p->pair[0]));
}

void progress_conf(struct progress *p, const struct tone *plan, int threshold)
{
	p->planned = p->pairs = p->sets = 0;
	for (int i = 0; plan && i < TONE_COUNT; i++)
		for (int k = 0; k < plan[i].count && k < TONE_SEGMENTS; k++)
			plan_segment(p, &plan[i].segment[k]);
	p->threshold = square_of(threshold ? threshold : THRESHOLD);
	p->noise_most = square_of(NOISE_MOST);
}

struct progress *progress_new(const struct tone *plan, int threshold)
{
	struct progress *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	progress_conf(p, plan, threshold);
	return p;
}

void progress_free(struct progress *p)
{
	free(p);
}

void progress_reset(struct progress *p)
{
	memset(p->past, 0, sizeof(p->past));
	p->filled = 0;
	p->now = 0;
	p->noise = 0;
	p->sounding = false;
	p->end_before = 0;
	p->speech = 0;
	p->squares = 0;
	p->squared = 0;
	p->quiet_since = 0;
}

static uint16_t snap(const struct progress *p, float hz)
{
	float best = SNAP;
	uint16_t to = (uint16_t)lrintf(hz);

	for (unsigned i = 0; i < p->planned; i++) {
		float off = fabsf(hz / p->plan[i] - 1);

		if (off < best) {
			best = off;
			to = p->plan[i];
		}
	}
	return to;
}

/* -------------------------------------------------------------- what it is */

static bool none(const struct mix *m)
{
	return !m->hz[0];
}

static bool alike(const struct mix *a, const struct mix *b)
{
	for (int i = 0; i < TONE_FREQUENCIES; i++) {
		if (!a->hz[i] != !b->hz[i])
			return false;
		if (a->hz[i] && fabsf(a->raw[i] - b->raw[i]) >
				SAME * a->raw[i] + SAME_HZ)
			return false;
	}
	return true;
}

/* Two that lie too close for the spectrum show as one between them. */
static void resolve_pair(const struct progress *p, struct mix *m)
{
	if (none(m) || m->hz[1])
		return;
	for (unsigned i = 0; i < p->pairs; i++) {
		const uint16_t *pair = p->pair[i];

		if (m->raw[0] < pair[0] * (1 - SNAP) ||
		    m->raw[0] > pair[1] * (1 + SNAP))
			continue;
		*m = (struct mix) { 0 };
		add_frequency(m, pair[0], pair[0]);
		add_frequency(m, pair[1], pair[1]);
		return;
	}
}

/* The window's tone; none: it is none. */
static struct mix analyse(struct progress *p, float *power)
{
	struct spectrum s;
	struct mix m = { 0 };
	float sum = 0;

	spectrum_of(&s, p->past);
	*power = s.power;
	for (unsigned i = 0; i < s.peaks && i < 3; i++) {
		if (s.peak[i].power < SECOND_PEAK * s.peak[0].power)
			break;
		sum += s.peak[i].power;
		add_frequency(&m, snap(p, s.peak[i].hz), s.peak[i].hz);
	}
	if (sum < PURE * s.power)
		return (struct mix) { 0 };
	resolve_pair(p, &m);
	return m;
}

/* ------------------------------------------------------------------ telling */

static void tell_tone(struct progress *p, uint64_t end, bool ended)
{
	struct media_event ev = { .type = MEDIA_TONE, .sample = end };
	double power = p->matches ? p->power / p->matches : 0;

	memcpy(ev.tone.frequency, p->mix.hz, sizeof(ev.tone.frequency));
	ev.tone.level = level_dbm0(power, 1);
	ev.tone.on_ms = (uint32_t)((end - p->begin + 4) / 8);
	ev.tone.off_ms = (uint32_t)((p->begin - p->end_before + 4) / 8);
	ev.tone.ended = ended;
	p->emit(p->arg, &ev);
}

static void tell_span(struct progress *p, enum media_event_type type,
		      uint64_t end, uint64_t samples)
{
	struct media_event ev = { .type = type, .sample = end };

	ev.span.ms = (uint32_t)(samples / 8);
	ev.span.level = level_dbm0(p->squares, p->squared);
	p->squares = 0;
	p->squared = 0;
	p->emit(p->arg, &ev);
}

static void tell_speech(struct progress *p, uint64_t end)
{
	if (p->speech >= CLICK)
		tell_span(p, MEDIA_SPEECH, end, p->speech);
	p->speech = 0;
}

/* ------------------------------------------------------------------- sounds */

/* A voice's: its pitch, or two neighbours among the harmonics of it. */
static bool vocal(const struct mix *m)
{
	float ratio = m->hz[1] ? m->raw[1] / m->raw[0] : 0;

	return m->raw[0] < VOICE || m->hz[2] ||
	       (ratio && fabsf(ratio - roundf(ratio)) < 0.04f * roundf(ratio)) ||
	       fabsf(ratio - 1.5f) < 0.03f || fabsf(ratio - 1.333f) < 0.02f;
}

static bool is_tone(const struct progress *p, uint64_t length)
{
	if (none(&p->mix) || length < SHORTEST || !p->windows ||
	    p->matches * 20 < p->windows * 17)
		return false;
	if (planned(p, &p->mix))
		return true;
	return length >= UNPLANNED && !vocal(&p->mix);
}

static void begin(struct progress *p, uint64_t at)
{
	p->sounding = true;
	p->begin = p->last = p->told = at;
	p->top = 0;
	p->mix = p->other = (struct mix) { 0 };
	p->windows = p->matches = p->others = 0;
	p->power = 0;
	p->hop_due = at + SPECTRUM_SIZE;
	p->report_due = at + FIRST_REPORT;
}

static void finish(struct progress *p, uint64_t end)
{
	if (is_tone(p, end - p->begin)) {
		tell_tone(p, end, true);
	} else if (end - p->begin >= CLICK) {
		p->speech += (uint32_t)(end - p->told);
		if (p->speech >= SPEECH_SPAN)
			tell_speech(p, end);
	} else {
		p->sounding = false;	/* a click: the silence went on */
		return;
	}
	p->sounding = false;
	p->end_before = p->quiet_since = end;
}

/* A tone gave way to another without a gap: between the last window of the one
 * and the first of the other. */
static void change_over(struct progress *p)
{
	uint64_t at = (p->match_at + p->other_at) / 2 - SPECTRUM_SIZE / 2;
	struct mix next = p->other;
	float top = p->top;

	if (at < p->begin)
		at = p->begin;
	finish(p, at);
	begin(p, at);
	p->end_before = at;
	p->mix = next;
	p->top = top;
	p->last = p->now;
	p->hop_due = p->now + HOP;
}

/* Whether what came before was a clean tone of the plan up to the change; in
 * speech two mixes follow each other as well. */
static bool gave_way(const struct progress *p)
{
	unsigned before = p->windows - p->others;

	return p->matches >= 4 && before - p->matches <= BLURRED &&
	       planned(p, &p->mix) && planned(p, &p->other);
}

/* A voice is looked at less often: it is most of what there is to hear. */
static uint64_t hop(const struct progress *p)
{
	if (p->windows > 2 && p->matches * 2 < p->windows)
		return 4 * HOP;
	return p->now - p->begin > LONG ? 2 * HOP : HOP;
}

static void window(struct progress *p)
{
	float power;
	struct mix m = analyse(p, &power);
	double mean = p->matches ? p->power / p->matches : power;
	bool steady = power < mean * STEADY && power > mean / STEADY;

	p->hop_due = p->now + hop(p);
	p->windows++;
	if (none(&p->mix) && !none(&m))
		p->mix = m;
	if (!none(&m) && alike(&m, &p->mix) && steady) {
		p->matches++;
		p->power += power;
		p->match_at = p->now;
		p->others = 0;
		return;
	}
	if (none(&m)) {
		p->others = 0;
		return;
	}
	if (!p->others || !alike(&m, &p->other)) {
		p->other = m;
		p->others = 0;
		p->other_at = p->now;
	}
	if (++p->others < 3)
		return;
	if (gave_way(p)) {
		/* Windows with something of both count for neither. */
		p->windows = p->matches;
		change_over(p);
	} else if (p->matches < 2) {
		p->mix = m;	/* its beginning had blurred the first guess */
		p->windows = p->matches = p->others;
		p->power = power * p->matches;
	}
}

static void going_on(struct progress *p)
{
	uint64_t length = p->now - p->begin;

	if (p->now < p->report_due)
		return;
	if (is_tone(p, length)) {
		tell_tone(p, p->now, false);
		p->told = p->now;
	} else if (p->now - p->told >= SPEECH_SPAN) {
		p->speech += (uint32_t)(p->now - p->told);
		p->told = p->now;
		tell_speech(p, p->now);
	}
	p->report_due = p->begin + (length / SECOND + 1) * SECOND;
}

static void quiet(struct progress *p)
{
	uint64_t since = p->now - p->quiet_since;

	if (p->speech && p->now - p->end_before >= SPEECH_PAUSE)
		tell_speech(p, p->end_before);
	if (since < SECOND || p->speech)
		return;
	tell_span(p, MEDIA_SILENCE, p->now, since);
	p->quiet_since = p->now;
}

static void follow_noise(struct progress *p, float power)
{
	if (p->noise <= 0 || power < p->noise)
		p->noise += (power - p->noise) * (p->noise > 0 ? 0.2f : 1);
	else if (!p->sounding || !p->matches || p->matches * 2 < p->windows)
		p->noise = p->noise * 1.002f + 0.01f;
	if (p->noise > p->noise_most)
		p->noise = p->noise_most;
}

/* 5 ms more. */
static void block(struct progress *p)
{
	double sum = level_squares(p->block, BLOCK);
	float power = (float)sum / BLOCK;
	bool loud = power > p->threshold && power > 4 * p->noise;

	memmove(p->past, p->past + BLOCK, sizeof(p->past) - sizeof(p->block));
	memcpy(p->past + SPECTRUM_SIZE - BLOCK, p->block, sizeof(p->block));
	p->squares += sum;
	p->squared += BLOCK;
	follow_noise(p, power);
	if (!p->sounding) {
		if (!loud) {
			quiet(p);
			return;
		}
		begin(p, p->now - BLOCK);
	}
	p->top = power > p->top ? power : p->top * 0.99f;
	if (loud && power > p->top / 8) {
		p->last = p->now;
		if (p->now >= p->hop_due)
			window(p);
		going_on(p);
	} else if (p->now - p->last >= HANG) {
		finish(p, p->last);
	}
}

void progress_run(struct progress *p, const int16_t *s, size_t n, uint64_t end,
		  void (*emit)(void *, const struct media_event *), void *arg)
{
	uint64_t at = end - n;

	p->emit = emit;
	p->arg = arg;
	if (!p->quiet_since)
		p->quiet_since = p->end_before = at;
	while (n) {
		size_t part = BLOCK - p->filled < n ? BLOCK - p->filled : n;

		memcpy(p->block + p->filled, s, part * sizeof(*s));
		p->filled += part;
		at += part;
		s += part;
		n -= part;
		if (p->filled < BLOCK)
			continue;
		p->filled = 0;
		p->now = at;
		block(p);
	}
}
