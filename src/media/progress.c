/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/osc.h"
#include "media/spectrum.h"

#define BLOCK 40		/* samples of the envelope: 5 ms */
#define AHEAD (16 * BLOCK)	/* until the past is moved to the front */
#define HANG (8 * BLOCK)	/* a gap shorter than that is a beat, not an end */
#define HOP 80			/* between spectra, twice that in long sounds */
#define LONG 2400		/* samples */
#define PLAN_MAX 24
#define OFF 0.04f		/* a plan's frequency that far off is it still, */
#define OFF_HZ 12.0f		/* or that far */
#define SAME 0.01f		/* two windows show the same frequency; a voice's */
#define SAME_HZ 2.0f		/* moves on by more than that */
#define PURE 0.78f		/* part of a tone in the power of its window */
#define STEADY 2.4f		/* factor of power within a tone */
#define SECOND_PEAK 0.06f	/* of the strongest: part of the tone */
#define SHORTEST 640		/* samples of a tone */
#define UNPLANNED 2000		/* of one that is in no plan */
#define VOICE 370.0f		/* Hz; below it, without a plan, it is a voice */
#define UNRESOLVED 35		/* Hz */
#define SLOW 60			/* Hz; so slow a modulation blurs its carrier */
#define SLOW_OFF 20.0f		/* what shows of it lies so much farther apart */
#define PAIR_OFF 0.05f		/* the one that shows leans to the stronger */
#define BEAT 0.3f		/* least to greatest power while two beat */
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
	float hz[TONE_FREQUENCIES];	/* ascending; 0 ends, none: no tone */
};

struct progress {
	struct mix set[PLAN_MAX];	/* what sounds together */
	unsigned sets;
	float pair[4][2];	/* closer than a spectrum can tell */
	unsigned pairs;
	float slow[4][2];	/* carrier, and how far off its sidebands are */
	unsigned slows;
	float threshold, noise_most;	/* mean squares */

	int16_t past[SPECTRUM_SIZE + AHEAD];	/* behind `start` stands the window, */
	size_t start, filled;			/* behind that the block to come */
	uint64_t now;		/* samples before the present block's end */
	float noise;

	bool sounding;
	uint64_t begin, last;	/* of the sound; last: end of its loud part */
	uint64_t end_before;	/* of the sound before it */
	float top;		/* its envelope's top */
	struct mix mix;
	struct mix other;	/* another one that seems to follow */
	unsigned windows, matches, others, swings;
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

static void add_frequency(struct mix *m, float hz)
{
	int i = 0;

	while (i < TONE_FREQUENCIES && m->hz[i] > 0 && m->hz[i] < hz)
		i++;
	if (i == TONE_FREQUENCIES)
		return;
	for (int k = TONE_FREQUENCIES - 1; k > i; k--)
		m->hz[k] = m->hz[k - 1];
	m->hz[i] = hz;
}

static bool close_to(const struct mix *m, const struct mix *set)
{
	for (int i = 0; i < TONE_FREQUENCIES; i++) {
		float off = fabsf(m->hz[i] - set->hz[i]);

		if (off > OFF_HZ && off > OFF * set->hz[i])
			return false;
	}
	return true;
}

/* Whether the plan has just these frequencies together. */
static bool planned(const struct progress *p, const struct mix *m)
{
	for (unsigned i = 0; i < p->sets; i++)
		if (close_to(m, &p->set[i]))
			return true;
	return false;
}

static void plan_segment(struct progress *p, const struct tone_segment *s)
{
	struct mix m = { 0 };

	add_frequency(&m, s->frequency[0]);
	for (int i = 1; i < TONE_FREQUENCIES && s->frequency[i] && !s->modulated; i++)
		add_frequency(&m, s->frequency[i]);
	if (s->modulated && s->frequency[1] >= SLOW) {
		/* A carrier that shows its sidebands. */
		add_frequency(&m, s->frequency[0] - s->frequency[1]);
		add_frequency(&m, s->frequency[0] + s->frequency[1]);
	} else if (s->modulated && p->slows < 4) {
		p->slow[p->slows][0] = s->frequency[0];
		p->slow[p->slows++][1] = s->frequency[1];
	}
	for (unsigned i = 0; i < p->sets; i++)
		if (!memcmp(&p->set[i], &m, sizeof(m)))
			return;
	if (!s->frequency[0] || p->sets == PLAN_MAX)
		return;
	p->set[p->sets++] = m;
	if (m.hz[1] > 0 && !(m.hz[2] > 0) && m.hz[1] - m.hz[0] < UNRESOLVED &&
	    p->pairs < 4)
		memcpy(p->pair[p->pairs++], m.hz, sizeof(p->pair[0]));
}

void progress_conf(struct progress *p, const struct tone *plan, int threshold)
{
	p->pairs = p->sets = p->slows = 0;
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
	p->start = p->filled = 0;
	p->now = 0;
	p->noise = 0;
	p->sounding = false;
	p->end_before = 0;
	p->speech = 0;
	p->squares = 0;
	p->squared = 0;
	p->quiet_since = 0;
}

/* -------------------------------------------------------------- what it is */

static bool none(const struct mix *m)
{
	return !(m->hz[0] > 0);
}

static bool alike(const struct mix *a, const struct mix *b)
{
	for (int i = 0; i < TONE_FREQUENCIES; i++)
		if (fabsf(a->hz[i] - b->hz[i]) > SAME * a->hz[i] + SAME_HZ)
			return false;
	return true;
}

/* Whether the window swells and fades; its edges may be a sound's own. */
static bool beats(const struct progress *p)
{
	float least = 0, most = 0;

	for (int i = SPECTRUM_SIZE - 12 * BLOCK; i < SPECTRUM_SIZE - BLOCK;
	     i += BLOCK) {
		float power = (float)level_squares(p->past + p->start + i,
						   BLOCK);

		if (power > most)
			most = power;
		if (power < least || !(least > 0))
			least = power;
	}
	return least < BEAT * most;
}

/* A carrier that is modulated slowly shows alone, or as two where the window
 * sees its trough, or with one sideband or both: about at centre. */
static bool is_slow(const struct progress *p, float apart, float centre)
{
	for (unsigned i = 0; i < p->slows; i++)
		if (apart < 2 * p->slow[i][1] + SLOW_OFF &&
		    close_to(&(struct mix) { { centre } },
			     &(struct mix) { { p->slow[i][0] } }))
			return true;
	return false;
}

/* Two that lie too close for the spectrum beat, and show as one between them
 * or as two at about their places: the plan knows better. */
static void resolve(const struct progress *p, struct mix *m, float centre)
{
	int n = 1;
	float apart, middle;

	while (n < TONE_FREQUENCIES && m->hz[n] > 0)
		n++;
	apart = m->hz[n - 1] - m->hz[0];
	middle = m->hz[0] + apart / 2;
	if (none(m))
		return;
	for (unsigned i = 0; apart < UNRESOLVED && i < p->pairs; i++) {
		float between = (p->pair[i][0] + p->pair[i][1]) / 2;

		if (fabsf(middle - between) > PAIR_OFF * between ||
		    !(n > 1 || beats(p)))
			continue;
		*m = (struct mix) { 0 };
		memcpy(m->hz, p->pair[i], sizeof(p->pair[i]));
		return;
	}
	if (n > 1 && !planned(p, m) && is_slow(p, apart, centre))
		*m = (struct mix) { { centre } };
}

/* The n strongest, as far as they belong to one sound; their power. centre: half
 * way from the strongest to where the power of all has its middle, which lies on
 * the other side of what is between them. */
static float strongest(const struct spectrum *s, unsigned n, struct mix *m,
		       float *centre)
{
	float sum = 0, moment = 0;

	*m = (struct mix) { 0 };
	for (unsigned i = 0; i < s->peaks && i < n; i++) {
		if (s->peak[i].power < SECOND_PEAK * s->peak[0].power)
			break;
		sum += s->peak[i].power;
		moment += s->peak[i].power * s->peak[i].hz;
		add_frequency(m, s->peak[i].hz);
	}
	*centre = sum > 0 ? (moment / sum + s->peak[0].hz) / 2 : 0;
	return sum;
}

/* The window's tone; none: it is none. Four together are one only where the
 * plan has them; a voice often shows four. */
static struct mix analyse(struct progress *p, float *power)
{
	struct spectrum s;
	struct mix m;
	float sum, centre;

	spectrum_of(&s, p->past + p->start);
	*power = s.power;
	sum = strongest(&s, TONE_FREQUENCIES, &m, &centre);
	if (m.hz[TONE_FREQUENCIES - 1] > 0 && !planned(p, &m))
		sum = strongest(&s, TONE_FREQUENCIES - 1, &m, &centre);
	if (sum < PURE * s.power)
		return (struct mix) { 0 };
	resolve(p, &m, centre);
	return m;
}

/* ------------------------------------------------------------------ telling */

static void tell_tone(struct progress *p, uint64_t end, bool ended)
{
	struct media_event ev = { .type = MEDIA_TONE, .sample = end };
	double power = p->matches ? p->power / p->matches : 0;

	for (int i = 0; i < TONE_FREQUENCIES; i++)
		ev.tone.frequency[i] = (uint16_t)lrintf(p->mix.hz[i]);
	ev.tone.level = level_dbm0(power, 1);
	ev.tone.on_ms = (uint32_t)((end - p->begin + 4) / 8);
	ev.tone.off_ms = (uint32_t)((p->begin - p->end_before + 4) / 8);
	ev.tone.ended = ended;
	ev.tone.swings = p->swings * 2 > p->matches;
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
	float ratio = m->hz[1] / m->hz[0];

	return m->hz[0] < VOICE || m->hz[2] > 0 ||
	       (ratio > 0 && fabsf(ratio - roundf(ratio)) < 0.04f * roundf(ratio)) ||
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
	p->windows = p->matches = p->others = p->swings = 0;
	p->power = 0;
	p->hop_due = at + SPECTRUM_SIZE;
	p->report_due = at + FIRST_REPORT;
}

static void finish(struct progress *p, uint64_t end)
{
	if (is_tone(p, end - p->begin)) {
		/* In the order heard: a tone after speech is not before it. */
		tell_speech(p, p->end_before);
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

/* A voice is looked at less often, the longer it goes on: it is most of what there
 * is to hear. */
static uint64_t hop(const struct progress *p)
{
	if (p->windows > 2 && p->matches * 2 < p->windows)
		return (p->windows > 8 ? 8 : 4) * HOP;
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
		p->swings += !(m.hz[1] > 0) && beats(p);
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
		tell_speech(p, p->end_before);
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
	double sum = level_squares(p->past + p->start + SPECTRUM_SIZE, BLOCK);
	float power = (float)sum / BLOCK;
	bool loud = power > p->threshold && power > 4 * p->noise;

	p->start += BLOCK;
	if (p->start == AHEAD) {
		memmove(p->past, p->past + AHEAD, SPECTRUM_SIZE * sizeof(*p->past));
		p->start = 0;
	}
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

		memcpy(p->past + p->start + SPECTRUM_SIZE + p->filled, s,
		       part * sizeof(*s));
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
