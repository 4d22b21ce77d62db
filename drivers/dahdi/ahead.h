/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * ahead.h - how far the audio written is ahead of the card, and what of it to leave
 * out.
 *
 * The kernel does not say how much it holds. But a block is written for each that
 * is read, so what it holds changes only when it runs out: a read that is later
 * than all the audio held plays silence for the difference, and from then on so
 * much more is held. That covers the next one as late, and delays the voice for
 * the rest of the call. After a standstill that is unlike the last seconds whole
 * blocks are left out in place of those that silence was played for; the rest
 * goes, and what no lateness of the last seconds has used, where the voice pauses.
 *
 * Lateness is measured from the earliest read of the last seconds, in the card's
 * time: its samples are the clock. Times are ns, monotonic.
 */
#ifndef DRIVERS_DAHDI_AHEAD_H
#define DRIVERS_DAHDI_AHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AHEAD_WINDOWS 2

struct ahead {
	int64_t held;		/* beyond what is read; a read later than this finds
				   silence played */
	int64_t late;		/* the last read */
	int64_t read;		/* audio read since the start, ns */
	int64_t least[AHEAD_WINDOWS];	/* time less audio read: the earliest */
	int64_t most[AHEAD_WINDOWS];	/* lateness */
	uint64_t window_end;
	int64_t usual;		/* most lateness before that which found silence */
	int64_t owed;		/* silence that was played in place of audio */
	uint64_t owed_end;	/* so long it may be made up for */
};

/* Reading begins, n samples are written. */
void ahead_start(struct ahead *, uint64_t now, size_t n);

/* n samples are read. */
void ahead_read(struct ahead *, uint64_t now, size_t n);

/* How many of these n samples, the first, are to be written; mostly all. */
size_t ahead_write(struct ahead *, const uint8_t *frame, size_t n, bool alaw);

/* n samples are written. */
void ahead_wrote(struct ahead *, size_t n);

#endif
