/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/jitter.h"

#include <stdlib.h>
#include <string.h>

#include "media/jitter_ring.h"
#include "media/osc.h"

#define WINDOW (4 * 8000)	/* of least transit */
#define SPREAD_WINDOW (15 * 8000)	/* of most spread: a voice slips seldom */
#define MARGIN 80		/* a pull needs its last sample, not its first */
#define LAG_MIN 16		/* pitch periods that may go or come: 2 to 10 ms */
#define LAG_MAX 80
#define SLACK 48		/* deviation from the target that is left alone */
#define HURRY 320		/* one that is mended in the next pause */
#define FAR 960			/* one that is mended even inside loud speech */
#define YOUTH (2 * 8000)	/* of a stream */
#define PATIENCE (10 * 8000)	/* a delay must be too long for so long */
#define QUIET_EACH 4	/* frames */
#define LATE_RUN 8		/* so many late ones in a row: the path changed */
#define NONE INT64_MAX

/* --------------------------------------------------------------- the stream */

static void forget(struct jitter *j)
{
	jitter_empty(j->ring, 0, JITTER_RING);
	j->started = false;
	j->late_run = 0;
	j->silence = 0;
	j->over = j->age = 0;
	for (int i = 0; i < JITTER_WINDOWS; i++) {
		j->least_transit[i] = NONE;
		j->most_spread[i] = 0;
	}
}

void jitter_init(struct jitter *j, unsigned least_ms, unsigned most_ms)
{
	memset(j, 0, sizeof(*j));
	if (most_ms > 400)
		most_ms = 400;
	if (least_ms > most_ms)
		least_ms = most_ms;
	j->least = (int32_t)least_ms * 8;
	j->most = (int32_t)most_ms * 8;
	j->noise = 400;
	forget(j);
}

void jitter_reset(struct jitter *j)
{
	forget(j);
}

static int64_t best(const struct jitter *j)
{
	int64_t t = NONE;

	for (int i = 0; i < JITTER_WINDOWS; i++)
		if (j->least_transit[i] < t)
			t = j->least_transit[i];
	return t;
}

static int32_t target(const struct jitter *j)
{
	int32_t t = j->least;

	for (int i = 0; i < JITTER_WINDOWS; i++)
		if (j->most_spread[i] + MARGIN > t)
			t = j->most_spread[i] + MARGIN;
	if (t > j->most)
		t = j->most;
	return t < MARGIN ? MARGIN : t;
}

/* Where offset (now - play) ought to be; timestamps are those of last_ts's
 * extension. */
static int64_t wanted(const struct jitter *j)
{
	return best(j) + target(j);
}

static int64_t extended(const struct jitter *j, uint32_t timestamp)
{
	return j->last_extended + (int32_t)(timestamp - j->last_ts);
}

/* What this packet says about the network. */
static void observe(struct jitter *j, int64_t timestamp, int64_t arrival)
{
	int64_t transit = arrival - timestamp, least;

	if (arrival >= j->window_end || j->least_transit[0] == NONE) {
		j->least_transit[1] = j->least_transit[0];
		j->least_transit[0] = transit;
		j->window_end = arrival + WINDOW;
	}
	if (arrival >= j->spread_end) {
		j->most_spread[1] = j->most_spread[0];
		j->most_spread[0] = 0;
		j->spread_end = arrival + SPREAD_WINDOW;
	}
	if (transit < j->least_transit[0])
		j->least_transit[0] = transit;
	least = best(j);
	if (transit - least > j->most_spread[0])
		j->most_spread[0] = (int32_t)(transit - least > j->most ?
					      j->most : transit - least);
}

/* Samples from play on that are there, at most n. */
static size_t held(struct jitter *j, size_t n)
{
	if ((int32_t)(j->solid - j->play) < 0)
		j->solid = j->play;
	while (j->solid != j->newest && jitter_holds(j->ring, j->solid))
		j->solid++;
	return j->solid - j->play < n ? j->solid - j->play : n;
}

/* Where the sample that is played next stands against the puller's clock. */
static int64_t offset(const struct jitter *j)
{
	return j->now - extended(j, j->play);
}

static void drop(struct jitter *j, size_t n)
{
	j->play += (uint32_t)n;
	if (n > JITTER_RING)
		n = JITTER_RING;
	jitter_empty(j->ring, j->play - (uint32_t)n, n);
}

/* Goes to the wanted delay at once; what lies between is not played. */
static void settle(struct jitter *j)
{
	int64_t move = offset(j) - wanted(j);

	if (move > 0)
		drop(j, (size_t)move);
	else
		j->solid = j->play += (uint32_t)move;
}

/* Begins, or begins anew, with this packet at the target's distance. */
static void start(struct jitter *j, uint32_t timestamp, int64_t arrival)
{
	forget(j);
	j->started = true;
	j->last_ts = j->newest = timestamp;
	j->last_extended = timestamp;
	observe(j, timestamp, arrival);
	j->solid = j->play = timestamp - (uint32_t)target(j);
	j->fresh = true;
}

/* After a pause the delay is set anew, nobody hears it. */
static void resume(struct jitter *j, uint32_t timestamp)
{
	if ((int32_t)(timestamp - j->play) > 0 &&
	    (int32_t)(j->newest - j->play) <= 0)
		j->fresh = true;
}

static void keep(struct jitter *j, uint32_t timestamp, const int16_t *s, size_t n)
{
	int32_t behind = (int32_t)(j->play - timestamp);
	size_t i = behind > 0 ? (size_t)behind : 0;

	if (i < n)
		jitter_write(j->ring, timestamp + (uint32_t)i, s + i, n - i);
	if (timestamp == j->solid)
		j->solid += (uint32_t)n;
	if ((int32_t)(timestamp + (uint32_t)n - j->newest) > 0)
		j->newest = timestamp + (uint32_t)n;
}

/* Packet numbers: what lies between the last and this one is missing until it
 * comes after all. True: newer than all before. */
static bool number(struct jitter *j, uint16_t seq, bool in_time)
{
	int16_t step = (int16_t)(seq - j->last_seq);

	if (step > 0) {
		if (step < 500)
			j->stats.lost += (uint32_t)step - 1;
		j->last_seq = seq;
	} else if (step < 0 && in_time && j->stats.lost) {
		j->stats.lost--;	/* out of order, not lost */
	}
	return step > 0;
}

void jitter_skip(struct jitter *j, uint16_t seq)
{
	if (j->started)
		number(j, seq, true);
}

/* Too old or too new for the ring means another time base, unless it is just a
 * straggler. */
static bool jumped(const struct jitter *j, uint32_t timestamp, size_t n)
{
	int32_t ahead = (int32_t)(timestamp + (uint32_t)n - j->play);

	return ahead > JITTER_RING - 2 * LAG_MAX || ahead < -2 * 8000;
}

void jitter_put(struct jitter *j, uint16_t seq, uint32_t timestamp, bool marker,
		const int16_t *samples, size_t n, int64_t arrival)
{
	int32_t end;
	bool newer;

	if (!n || n > 480)
		return;
	if (!j->started) {
		start(j, timestamp, arrival);
		j->last_seq = (uint16_t)(seq - 1);
	} else if (jumped(j, timestamp, n)) {
		start(j, timestamp, arrival);
		j->stats.restarts++;
	}
	end = (int32_t)(timestamp + (uint32_t)n - j->play);
	if (end > 0 && (int32_t)(timestamp - j->play) >= 0 &&
	    jitter_holds(j->ring, timestamp)) {
		j->stats.duplicate++;
		return;
	}
	newer = number(j, seq, end > 0);
	if (newer) {
		j->last_extended = extended(j, timestamp);
		j->last_ts = timestamp;
	}
	observe(j, extended(j, timestamp), arrival);
	if (end <= 0) {
		j->stats.late++;
		if (newer)
			j->stats.lost++;
		if (++j->late_run < LATE_RUN)
			return;
		start(j, timestamp, arrival);
		j->stats.restarts++;
	} else if (marker || j->silence > 480) {
		resume(j, timestamp);
	}
	j->late_run = 0;
	keep(j, timestamp, samples, n);
}

bool jitter_ready(struct jitter *j, size_t n)
{
	return j->started && held(j, n) == n;
}

unsigned jitter_delay_ms(const struct jitter *j)
{
	int64_t d = j->started ? offset(j) - best(j) : 0;

	return d > 0 ? (unsigned)d / 8 : 0;
}

unsigned jitter_target_ms(const struct jitter *j)
{
	return (unsigned)target(j) / 8;
}

/* ------------------------------------------------------------------ playing */

/* The lag at which the two stretches are most alike; they fade over there. In
 * silence all are alike, and the longest is done soonest. */
static size_t best_lag(const int16_t *base, const int16_t *other, int sign,
		       size_t max)
{
	int64_t least = INT64_MAX;
	size_t lag = LAG_MIN;

	for (size_t l = LAG_MIN; l <= max; l++) {
		const int16_t *o = other + sign * (ptrdiff_t)l;
		int64_t sum = 0;

		for (size_t i = 0; i < JITTER_FADE; i += 2)
			sum += abs(base[i] - o[i]);
		if (sum <= least) {
			least = sum;
			lag = l;
		}
	}
	return lag;
}

static void fade(const int16_t *from, const int16_t *into, int16_t *to)
{
	for (int i = 0; i < JITTER_FADE; i++)
		to[i] = (int16_t)((from[i] * (JITTER_FADE - i) + into[i] * i) /
				  JITTER_FADE);
}

/* Gives out a frame and goes on by more (shrink) or less (stretch) than one.
 * False: not possible now. */
static bool mend(struct jitter *j, int16_t *to, int64_t excess)
{
	int16_t work[JITTER_FADE + LAG_MAX + JITTER_FADE];
	size_t max = (size_t)llabs(excess), lag;

	if (max > LAG_MAX)
		max = LAG_MAX;
	if (excess > 0) {
		if (max < LAG_MIN || held(j, JITTER_FADE + max) < JITTER_FADE + max)
			return false;
		jitter_read(j->ring, work, j->play, JITTER_FADE + max);
		lag = best_lag(work, work, 1, max);
		fade(work, work + lag, to);
		drop(j, JITTER_FADE + lag);
		j->stats.shrunk += (uint32_t)lag;
		return true;
	}
	memcpy(work, j->past, sizeof(j->past));
	jitter_read(j->ring, work + JITTER_FADE, j->play, JITTER_FADE);
	lag = best_lag(work + JITTER_FADE, work + JITTER_FADE, -1, max);
	fade(work + JITTER_FADE, work + JITTER_FADE - lag, to);
	drop(j, JITTER_FADE - lag);
	j->stats.stretched += (uint32_t)lag;
	return true;
}

/* Whether this frame is quiet enough to be cut or repeated unheard. Where nothing
 * is to be mended, one frame of some is enough to follow what quiet is here. */
static bool quiet(struct jitter *j, const int16_t *s, int64_t excess)
{
	float pace = 1, sum;

	if (excess <= SLACK) {
		if (j->play / JITTER_FADE % QUIET_EACH)
			return false;
		pace = QUIET_EACH;
	}
	sum = (float)level_squares(s, JITTER_FADE) / JITTER_FADE;
	j->noise += (sum - j->noise) * pace * (sum < j->noise ? 0.1f : 0.0005f);
	return sum < 4 * j->noise + 100;
}

static void conceal(struct jitter *j, int16_t *to, size_t have)
{
	size_t missing = JITTER_FADE - have;
	bool starved = (int32_t)(j->newest - j->play) <= (int32_t)have;

	if (have)
		conceal_good(&j->conceal, to, have);
	conceal_fill(&j->conceal, to + have, missing);
	j->stats.concealed += (uint32_t)missing;
	j->silence += (int32_t)missing;
	drop(j, have);
	/* Nothing came at all and the delay is too small: wait for it, rather
	 * than play on and find it late. */
	if (!starved || offset(j) > wanted(j))
		drop(j, missing);
}

/* Whether the delay is off so far that it is mended in this frame. Too short
 * makes gaps: at once. Too long is only late: where nobody hears it, and not
 * for a burst that passes, or the voice would slip to and fro; but at once while
 * the stream is young, as its first packet is seldom its quickest. */
static bool off(struct jitter *j, int64_t excess, bool quiet_now)
{
	bool young = j->age < YOUTH, lasting;

	j->age += young ? JITTER_FADE : 0;
	j->over = excess > SLACK ? j->over + JITTER_FADE : 0;
	if (j->over > PATIENCE)
		j->over = PATIENCE;
	lasting = young || j->over == PATIENCE;
	if (excess < -SLACK || excess > FAR)
		return true;
	if (quiet_now)
		return excess > HURRY || (lasting && excess > SLACK);
	return lasting && excess > HURRY / 2;
}

static void pull_frame(struct jitter *j, int16_t *to)
{
	size_t have = held(j, JITTER_FADE);
	int64_t excess;
	bool mended = false;

	if (have < JITTER_FADE) {
		jitter_read(j->ring, to, j->play, have);
		conceal(j, to, have);
		return;
	}
	j->silence = 0;
	excess = offset(j) - wanted(j);
	jitter_read(j->ring, to, j->play, JITTER_FADE);
	if (off(j, excess, quiet(j, to, excess)))
		mended = mend(j, to, excess);
	if (!mended)
		drop(j, JITTER_FADE);
	conceal_good(&j->conceal, to, JITTER_FADE);
}

void jitter_pull(struct jitter *j, int16_t *to, size_t n, int64_t now)
{
	int16_t frame[JITTER_FADE];

	for (; n; now += JITTER_FADE) {
		size_t part = n < JITTER_FADE ? n : JITTER_FADE;

		if (!j->started) {
			conceal_fill(&j->conceal, to, part);
		} else if (part == JITTER_FADE) {
			j->now = now;
			if (j->fresh)
				settle(j);
			j->fresh = false;
			pull_frame(j, to);
			memcpy(j->past, to, sizeof(j->past));
		} else {
			size_t have = held(j, part);

			jitter_read(j->ring, frame, j->play, have);
			memcpy(to, frame, have * sizeof(*to));
			memset(to + have, 0, (part - have) * sizeof(*to));
			drop(j, part);
		}
		to += part;
		n -= part;
	}
	j->now = now;
}
