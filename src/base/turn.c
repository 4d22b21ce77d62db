/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/turn.h"

#include <time.h>

static int64_t clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void note(atomic_uint_fast64_t *longest, int64_t us)
{
	if (us > (int64_t)atomic_load_explicit(longest, memory_order_relaxed))
		atomic_store_explicit(longest, (uint64_t)us, memory_order_relaxed);
}

void turn_begins(struct turns *t)
{
	t->began_us = clock_us(CLOCK_MONOTONIC);
}

/* A thread that waits does not work: one look at its processor time is enough, the
 * one at the end of the turn before. */
int64_t turn_ends(struct turns *t, int64_t *own_us)
{
	int64_t worked = clock_us(CLOCK_THREAD_CPUTIME_ID), took;

	*own_us = worked - t->worked_us;
	t->worked_us = worked;
	if (!t->began_us) {
		*own_us = 0;
		return 0;
	}
	took = clock_us(CLOCK_MONOTONIC) - t->began_us;
	t->began_us = 0;
	note(&t->longest_us, took);
	note(&t->longest_own_us, *own_us);
	return took;
}
