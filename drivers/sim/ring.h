/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * ring.h - the audio of a simulated line: two rings of mu-law octets in memory
 * that both processes map, one writer and one reader each.
 *
 * Positions count octets for ever and wrap at 2^32. Each side trusts its own
 * copy of its own position; the other's is only believed where it can be true
 * (-EPROTO otherwise), and data is reached by masked positions alone, so no
 * peer can make us step outside.
 */
#ifndef SIM_RING_H
#define SIM_RING_H

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define RING_SIZE 4096u		/* octets, a power of two: 512 ms */

struct sim_ring {
	_Alignas(64) _Atomic uint32_t head;	/* the writer's */
	_Alignas(64) _Atomic uint32_t tail;	/* the reader's */
	_Alignas(64) uint8_t data[RING_SIZE];
};

/* listening: the near end reads. It sets it; the far end takes it back when
 * the ring is full, and does not wake an idle gateway any more. */
struct sim_shared {
	_Alignas(64) _Atomic uint32_t listening;
	_Atomic uint32_t impedance;	/* of the near end's card */
	struct sim_ring to_near, to_far;
};

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "atomics between processes");

/* Octets in the ring, as its reader at tail sees it. */
static inline ssize_t ring_fill(struct sim_ring *r, uint32_t tail)
{
	uint32_t fill = atomic_load_explicit(&r->head, memory_order_acquire) - tail;

	return fill > RING_SIZE ? -EPROTO : (ssize_t)fill;
}

/* Octets free, as its writer at head sees it. */
static inline ssize_t ring_space(struct sim_ring *r, uint32_t head)
{
	uint32_t used = head - atomic_load(&r->tail);

	return used > RING_SIZE ? -EPROTO : (ssize_t)(RING_SIZE - used);
}

/* n: at most what ring_space() said. */
static inline void ring_put(struct sim_ring *r, uint32_t *head, const void *from,
			    uint32_t n)
{
	uint32_t at = *head % RING_SIZE;
	uint32_t first = n < RING_SIZE - at ? n : RING_SIZE - at;

	memcpy(r->data + at, from, first);
	memcpy(r->data, (const uint8_t *)from + first, n - first);
	*head += n;
	atomic_store_explicit(&r->head, *head, memory_order_release);
}

/* n: at most what ring_fill() said. */
static inline void ring_get(struct sim_ring *r, uint32_t *tail, void *to, uint32_t n)
{
	uint32_t at = *tail % RING_SIZE;
	uint32_t first = n < RING_SIZE - at ? n : RING_SIZE - at;

	memcpy(to, r->data + at, first);
	memcpy((uint8_t *)to + first, r->data, n - first);
	*tail += n;
	atomic_store(&r->tail, *tail);
}

/* Forgets n octets, likewise. */
static inline void ring_skip(struct sim_ring *r, uint32_t *tail, uint32_t n)
{
	*tail += n;
	atomic_store(&r->tail, *tail);
}

#endif
