/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fsm.h - runs the state machines. A machine is one const table: for each
 * state the events it accepts, the states it may go to, its timer and what it
 * does. Everything with a life has one such table in one file, the diagram
 * above it, and no state beside it.
 *
 * Events run to completion: one that is posted while another is handled waits
 * in the queue that the machines of a thread share. An event that a state does
 * not accept is logged and counted, never fatal; a transition that the table
 * does not allow is our own mistake and asserted.
 */
#ifndef BASE_FSM_H
#define BASE_FSM_H

#include <stddef.h>
#include <stdint.h>

#include "base/timer.h"

#define FSM_TIMEOUT 31	/* the event of a state's timer, in every machine */
#define FSM_DATA 192	/* bytes that an event may carry */
#define BIT(n) (1u << (n))

struct fsm;

struct fsm_state {
	const char *name;
	uint32_t accepts;	/* BIT(event); FSM_TIMEOUT is implied by a timer */
	uint32_t next;		/* BIT(state) */
	/* ms of the timer started on entry, 0: none; NULL: no timer. */
	uint64_t (*timeout)(void *self);
	void (*enter)(void *self);	/* NULL: nothing */
	void (*event)(void *self, int event, const void *data);
};

struct fsm_type {
	const char *name;
	const struct fsm_state *states;
	const char *const *events;	/* names, by number */
	unsigned state_count, event_count;
};

struct fsm_queue {
	struct list_head pending;
	bool running;
	uint64_t unexpected;	/* events not accepted, over all machines */
};

struct fsm {
	const struct fsm_type *type;
	const char *id;		/* for the log: "pbx-1"; must outlive the machine */
	void *self;
	struct fsm_queue *queue;
	struct timers *timers;
	struct timer timer;
	unsigned state;
	uint32_t unexpected;
};

void fsm_queue_init(struct fsm_queue *);
void fsm_queue_fini(struct fsm_queue *);	/* drops what is pending */

/* Starts in `state` without its enter(). */
void fsm_init(struct fsm *, const struct fsm_type *, const char *id, void *self,
	      struct fsm_queue *, struct timers *, unsigned state);
/* Stops its timer, drops its pending events. Allowed inside its own event(). */
void fsm_fini(struct fsm *);

/* Copies size bytes of data (at most FSM_DATA), which event() sees. Handled
 * before this returns unless an event is being handled already. */
void fsm_post(struct fsm *, int event, const void *data, size_t size);

/* From inside enter() and event() only: stops the state's timer, goes to
 * `state` and runs its enter(). Going to the same state is allowed where the
 * table says so. Must be the last thing its caller does with the machine. */
void fsm_go(struct fsm *, unsigned state);

/* Starts the state's timer anew with another time. 0 stops it. */
void fsm_timer(struct fsm *, uint64_t ms);

static inline const char *fsm_state_name(const struct fsm *f)
{
	return f->type->states[f->state].name;
}

#endif
