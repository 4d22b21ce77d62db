/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * turn.h - how long a thread that waits for events stays away from them. A turn
 * goes from the end of one wait to the begin of the next. Its time by the clock
 * tells what a caller feels; the processor time in it is our own work, whatever
 * else the machine had to do.
 */
#ifndef BASE_TURN_H
#define BASE_TURN_H

#include <stdatomic.h>
#include <stdint.h>

struct turns {
	/* The longest so far, us; one thread writes, anybody reads. */
	atomic_uint_fast64_t longest_us, longest_own_us;
	int64_t began_us, worked_us;	/* of the turn that runs; 0: none */
};

/* The wait is over, and is about to begin. turn_ends() returns how long it took,
 * us, and how much of that was our own work. */
void turn_begins(struct turns *);
int64_t turn_ends(struct turns *, int64_t *own_us);

#endif
