/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * media.h - the media room, for whoever composes the program. Everything else
 * about it is in tipring/media.h.
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "tipring/driver.h"
#include "tipring/media.h"

struct media_options {
	/* The driver of a port's full name ("sim/1"), and in *address what
	 * stands behind the slash; NULL: there is no such driver. */
	const struct line_driver *(*find)(const char *port,
					  const char **address);
	bool real_time;		/* SCHED_FIFO for the pump where it is allowed */
	unsigned pumps;		/* threads; 0 or 1: one */
	unsigned events;	/* room in the event mailbox; 0: default */
};

/* Counters of the pump's own work; any thread, any time. */
struct media_counters {
	uint64_t turns;		/* wake-ups */
	uint64_t events_lost;	/* mailbox full: owners were told to resync */
	uint64_t longest_us, longest_own_us;	/* of the turns (turn.h) */
	uint32_t late;		/* turns that came more than 10 ms late */
	bool real_time;		/* SCHED_FIFO was granted */
};

/* Before the first end with SRTP, or that end waits for it (40 ms): libsrtp tries
 * itself. Again: nothing. -ENOSYS and why. Signalling only. */
int media_srtp_init(char *why, size_t size);

/* Starts the pump's thread; events come through `loop`, which must outlive it.
 * NULL on error, and why says what to do. */
struct media *media_new(struct loop *loop, const struct media_options *,
			char *why, size_t size);

/* Stops the thread. Ends that are still there are freed with it, their ports
 * silenced and closed; their owners hear nothing. NULL is legal. */
void media_free(struct media *);

void media_counters(const struct media *, struct media_counters *);

#endif
