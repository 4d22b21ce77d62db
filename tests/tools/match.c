/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "match.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fft.h"

enum {
	RATE = 8000,
	PIECE = RATE / 10,		/* 100 ms */
	HOP = RATE / 20,
	DRIFT = RATE * 30 / 1000,	/* how far a piece may have moved */
	SLIP = RATE * 200 / 1000,	/* and how far, if it is there for sure */
};

#define LOUD_DB -25.0	/* a piece this far below the loudest is not judged */
#define FOUND 0.5	/* least correlation of a piece that is there */
#define SOME 0.15	/* match of a recording that is searched for slips */
#define SURE 0.8	/* the same, of one that is looked for far away */

struct work {
	size_t ref_count, heard_count, size;
	double complex *ref_spectrum, *heard_spectrum;
	double *ref, *heard;		/* band-passed */
};

/* The signal with only the telephone band left, and its spectrum. The filter
 * rings on beyond the signal's end: that is cut off, so that the spectrum is of
 * what the signal holds and no more. */
static int band_pass(const struct wav *wav, size_t size,
		     double complex **spectrum, double **signal)
{
	double complex *s = calloc(size, sizeof(*s));
	double hz, *out = malloc((wav->count + 1) * sizeof(*out));
	size_t i;

	*spectrum = s;
	*signal = out;
	if (!s || !out)
		return -ENOMEM;
	for (i = 0; i < wav->count; i++)
		s[i] = wav->samples[i];
	fft_run(s, size, false);
	for (i = 0; i < size; i++) {
		hz = (double)(i < size / 2 ? i : size - i) * RATE / (double)size;
		if (hz < 300 || hz > 3400)
			s[i] = 0;
	}
	fft_run(s, size, true);
	for (i = 0; i < size; i++) {
		s[i] = i < wav->count ? creal(s[i]) : 0;
		if (i < wav->count)
			out[i] = creal(s[i]);
	}
	fft_run(s, size, false);
	return 0;
}

static double energy(const double *x, size_t count)
{
	double sum = 0;

	while (count--)
		sum += x[count] * x[count];
	return sum;
}

/* Recording's energy under the reference at `lag`, from its running sum. */
static double under(const struct work *w, const double *sum, long lag)
{
	long from = lag, to = lag + (long)w->ref_count;

	if (from < 0)
		from = 0;
	if (to > (long)w->heard_count)
		to = (long)w->heard_count;
	return to > from ? sum[to] - sum[from] : 0;
}

/* Finds the lag of the highest normalised correlation. The whole reference's
 * energy counts, so a cut recording matches less. The sign does not matter: the
 * two wires may be crossed. */
static int search(const struct work *w, double *best, long *best_lag)
{
	double complex *cross = malloc(w->size * sizeof(*cross));
	double *sum = calloc(w->heard_count + 1, sizeof(*sum));
	double whole = energy(w->ref, w->ref_count), value, norm, floor;
	size_t i;
	long lag;

	*best = 0;
	*best_lag = 0;
	if (!cross || !sum) {
		free(cross);
		free(sum);
		return -ENOMEM;
	}
	for (i = 0; i < w->heard_count; i++)
		sum[i + 1] = sum[i] + w->heard[i] * w->heard[i];
	for (i = 0; i < w->size; i++)
		cross[i] = w->heard_spectrum[i] * conj(w->ref_spectrum[i]);
	fft_run(cross, w->size, true);
	/* Digital silence must not be blown up to a match of rounding errors. */
	floor = (double)w->ref_count * 0.01;
	for (lag = 1 - (long)w->ref_count; lag < (long)w->heard_count; lag++) {
		i = (size_t)(lag < 0 ? lag + (long)w->size : lag);
		norm = under(w, sum, lag);
		if (norm < floor)
			continue;
		value = fabs(creal(cross[i])) / sqrt(norm * whole);
		if (value > *best) {
			*best = value;
			*best_lag = lag;
		}
	}
	free(cross);
	free(sum);
	return 0;
}

/* Normalised correlation of the reference's piece at `at` with the recording
 * at `lag` from there. */
static double piece_at(const struct work *w, size_t at, long lag)
{
	double cross = 0, norm = 0, own = 0, h;
	long place;
	size_t i;

	for (i = 0; i < PIECE; i++) {
		place = (long)(at + i) + lag;
		h = place >= 0 && place < (long)w->heard_count ?
			w->heard[place] : 0;
		cross += w->ref[at + i] * h;
		norm += h * h;
		own += w->ref[at + i] * w->ref[at + i];
	}
	return norm < PIECE * 0.01 || own <= 0 ? 0 : fabs(cross) / sqrt(norm * own);
}

/* Looks `reach` around `lag`; *moved: where it was found. */
static double piece_search(const struct work *w, size_t at, long lag, long reach,
			   long *moved)
{
	double value, best = piece_at(w, at, lag);
	long d;

	*moved = lag;
	if (best > 0.9)		/* nothing to gain by looking further */
		return best;
	for (d = -reach; d <= reach; d++) {
		value = piece_at(w, at, lag + d);
		if (value > best) {
			best = value;
			*moved = lag + d;
		}
	}
	return best;
}

static bool piece_found(const struct work *w, size_t at, bool slips, long *lag)
{
	size_t next = at + PIECE, later = next + PIECE;
	long moved, on;

	if (piece_search(w, at, *lag, DRIFT, &moved) >= FOUND) {
		*lag = moved;
		return true;
	}
	/* Vowels are alike: what has slipped goes on there, and not here. */
	if (!slips || later + PIECE > w->ref_count ||
	    piece_search(w, later, *lag, DRIFT, &on) >= FOUND ||
	    piece_search(w, at, *lag, SLIP, &moved) < SURE ||
	    piece_search(w, next, moved, DRIFT, &on) < SURE ||
	    piece_search(w, later, moved, DRIFT, &on) < SURE)
		return false;
	*lag = moved;
	return true;
}

static void add_gap(struct match *m, size_t at)
{
	unsigned from = (unsigned)(at * 1000 / RATE), to = from + 100;
	struct match_gap *last = m->gap_count ? &m->gaps[m->gap_count - 1] : NULL;

	if (last && from <= last->at_ms + last->ms)
		last->ms = to - last->at_ms;
	else if (m->gap_count < MATCH_GAPS)
		m->gaps[m->gap_count++] = (struct match_gap){ from, to - from };
}

static double decibel(double power)
{
	double level = power > 0 ?
		10 * log10(2 * power / (32768.0 * 32768.0)) + 3.14 : -99;

	return level < -99 ? -99 : level;
}

/* Power of the loud pieces of a signal. */
static double loud_power(const double *x, size_t count)
{
	double loudest = 0, sum = 0, e;
	size_t at, samples = 0;

	for (at = 0; at + PIECE <= count; at += PIECE) {
		e = energy(x + at, PIECE);
		if (e > loudest)
			loudest = e;
	}
	for (at = 0; loudest > 0 && at + PIECE <= count; at += PIECE) {
		e = energy(x + at, PIECE);
		if (e <= 0 || 10 * log10(e / loudest) < LOUD_DB)
			continue;
		sum += e;
		samples += PIECE;
	}
	return samples ? sum / (double)samples : 0;
}

/* Walks the reference piece by piece, following the recording as it moves. */
static void check_pieces(const struct work *w, struct match *m, long lag)
{
	double loudest = 0, ref_power = 0, heard_power = 0, e, h;
	size_t at, i, loud = 0, found = 0, samples = 0;
	long place, before = lag;

	for (at = 0; at + PIECE <= w->ref_count; at += HOP) {
		e = energy(w->ref + at, PIECE);
		if (e > loudest)
			loudest = e;
	}
	for (at = 0; at + PIECE <= w->ref_count; at += HOP) {
		e = energy(w->ref + at, PIECE);
		if (e <= 0 || 10 * log10(e / loudest) < LOUD_DB)
			continue;
		loud++;
		if (!piece_found(w, at, m->match > SOME, &lag))
			add_gap(m, at);
		else if (found++ && labs(lag - before) > DRIFT)
			m->slips++;
		before = lag;
		for (i = 0; i < PIECE; i++) {
			place = (long)(at + i) + lag;
			h = place >= 0 && place < (long)w->heard_count ?
				w->heard[place] : 0;
			heard_power += h * h;
		}
		ref_power += e;
		samples += PIECE;
	}
	m->pieces = loud ? (double)found / (double)loud : 0;
	/* A reference that is not there marks no place to measure at. */
	if (m->pieces < FOUND)
		m->level_dbm0 = decibel(loud_power(w->heard, w->heard_count));
	else
		m->level_dbm0 = decibel(heard_power / (double)samples);
	m->reference_dbm0 = samples ? decibel(ref_power / (double)samples) : -99;
	for (i = 0; i < m->gap_count; i++)
		m->missing_ms += m->gaps[i].ms;
}

int match_compare(struct match *m, const struct wav *reference,
		  const struct wav *heard)
{
	struct work w = { reference->count, heard->count, 1, NULL, NULL, NULL,
		NULL };
	long lag;
	int rc;

	memset(m, 0, sizeof(*m));
	if (reference->count < PIECE)
		return -EINVAL;
	while (w.size < w.ref_count + w.heard_count + 1)
		w.size *= 2;
	rc = band_pass(reference, w.size, &w.ref_spectrum, &w.ref);
	if (rc)
		goto out;
	rc = band_pass(heard, w.size, &w.heard_spectrum, &w.heard);
	if (rc)
		goto out;
	if (energy(w.ref, w.ref_count) < (double)w.ref_count) {
		rc = -EINVAL;
		goto out;
	}
	rc = search(&w, &m->match, &lag);
	if (rc)
		goto out;
	m->offset_ms = (double)lag * 1000 / RATE;
	check_pieces(&w, m, lag);
out:
	free(w.ref_spectrum);
	free(w.heard_spectrum);
	free(w.ref);
	free(w.heard);
	return rc;
}
