/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * match.h - how much of what was said was heard. Compares a reference with a
 * recording by content: after 300-3400 Hz band-pass the recording is searched
 * for the reference at every lag, then checked piece by piece.
 */
#ifndef TOOLS_MATCH_H
#define TOOLS_MATCH_H

#include <stddef.h>

#include "wav.h"

#define MATCH_GAPS 64

struct match_gap {
	unsigned at_ms, ms;	/* in the reference */
};

struct match {
	double match;		/* 0..1, peak normalised cross-correlation over
				 * the whole reference */
	double pieces;		/* 0..1, share of the reference's loud 100 ms
				 * pieces that are found within 30 ms of where
				 * the one before was, or beyond doubt within
				 * 200 ms: survives a jitter buffer that adapts */
	unsigned slips;		/* how often that was by more than 30 ms */
	double offset_ms;	/* where the reference starts in the recording */
	double level_dbm0;	/* of the recording where the reference lies and
				 * is loud; if it is not there, of the
				 * recording's own loud parts */
	double reference_dbm0;	/* of the reference, at the same places */
	unsigned missing_ms;	/* sum over gaps */
	size_t gap_count;
	struct match_gap gaps[MATCH_GAPS];
};

/* Both at 8000 Hz. 0, -ENOMEM, or -EINVAL: the reference is shorter than 100 ms
 * or silent. A silent or empty recording matches 0. */
int match_compare(struct match *, const struct wav *reference,
		  const struct wav *heard);

#endif
