/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/fsm.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

struct pending {
	struct list_head node;
	struct fsm *fsm;	/* NULL: its machine is gone */
	int event;
	_Alignas(max_align_t) unsigned char data[FSM_DATA];
};

void fsm_queue_init(struct fsm_queue *q)
{
	*q = (struct fsm_queue){ 0 };
	list_init(&q->pending);
}

void fsm_queue_fini(struct fsm_queue *q)
{
	while (!list_empty(&q->pending)) {
		struct pending *p = list_entry(q->pending.next, struct pending, node);

		list_remove(&p->node);
		free(p);
	}
}

static const char *event_name(const struct fsm *f, int event)
{
	if (event == FSM_TIMEOUT)
		return "timeout";
	return (unsigned)event < f->type->event_count ? f->type->events[event] : "?";
}

static void handle(struct fsm *f, int event, const void *data)
{
	const struct fsm_state *s = &f->type->states[f->state];
	bool timed = event == FSM_TIMEOUT && s->timeout;

	if (!timed && !(s->accepts & BIT(event))) {
		f->unexpected++;
		f->queue->unexpected++;
		log_debug("%s %s: %s not expected in state %s", f->type->name,
			  f->id, event_name(f, event), s->name);
		return;
	}
	s->event(f->self, event, data);
}

static void run(struct fsm_queue *q)
{
	q->running = true;
	while (!list_empty(&q->pending)) {
		struct pending *p = list_entry(q->pending.next, struct pending, node);

		list_remove(&p->node);
		if (p->fsm)
			handle(p->fsm, p->event, p->data);
		free(p);
	}
	q->running = false;
}

void fsm_post(struct fsm *f, int event, const void *data, size_t size)
{
	struct pending *p;

	assert(size <= FSM_DATA);
	p = calloc(1, sizeof(*p));
	if (!p) {
		log_error("%s %s: out of memory, %s is lost", f->type->name,
			  f->id, event_name(f, event));
		return;
	}
	p->fsm = f;
	p->event = event;
	if (size)
		memcpy(p->data, data, size);
	list_add_before(&f->queue->pending, &p->node);
	if (!f->queue->running)
		run(f->queue);
}

static void expired(void *arg)
{
	fsm_post(arg, FSM_TIMEOUT, NULL, 0);
}

void fsm_init(struct fsm *f, const struct fsm_type *type, const char *id, void *self,
	      struct fsm_queue *queue, struct timers *timers, unsigned state)
{
	*f = (struct fsm){ .type = type, .id = id, .self = self, .queue = queue,
			   .timers = timers, .state = state };
}

/* A pending timeout of a state that was left must not reach the next one. */
static void forget(struct fsm *f, bool timeouts_only)
{
	struct list_head *n;

	list_for_each(n, &f->queue->pending) {
		struct pending *p = list_entry(n, struct pending, node);

		if (p->fsm == f && (!timeouts_only || p->event == FSM_TIMEOUT))
			p->fsm = NULL;
	}
}

void fsm_fini(struct fsm *f)
{
	timer_stop(&f->timer);
	if (f->queue)
		forget(f, false);
}

void fsm_timer(struct fsm *f, uint64_t ms)
{
	timer_stop(&f->timer);
	forget(f, true);
	if (ms)
		timer_start(f->timers, &f->timer, ms, expired, f);
}

void fsm_go(struct fsm *f, unsigned state)
{
	const struct fsm_state *from = &f->type->states[f->state];
	const struct fsm_state *to = &f->type->states[state];

	assert(state < f->type->state_count);
	assert(from->next & BIT(state));
	log_debug("%s %s: %s -> %s", f->type->name, f->id, from->name, to->name);
	f->state = state;
	fsm_timer(f, to->timeout ? to->timeout(f->self) : 0);
	if (to->enter)
		to->enter(f->self);
}
