/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call.c - the state machine of a call.
 *
 *            start              alerting
 *      NEW ---------> CALLING -----------> RINGING
 *                     |  ^ |  progress       | progress
 *                     |  | `---> EARLY <-----'
 *        next target  |  |         |
 *                     +--'         | answered (also from CALLING, RINGING)
 *                     |            v
 *       no circuit,   |         TALKING
 *       emergency     v            | an emergency call needs the circuit
 *                  WAITING         v
 *                              PREEMPTED (tone to both)
 *
 *      every state --- released by a side, aborted, timeout ---> ENDED
 */
#include "core/call.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/fraud.h"
#include "core/limit.h"
#include "core/line.h"
#include "core/reload.h"
#include "core/times.h"

/* ------------------------------------------------------------ birth and end */

static void describe_side_a(struct call *call)
{
	struct call_record *r = &call->record;
	const struct leg *leg = call->leg[SIDE_A];
	struct line *l = line_of_leg(leg);
	struct group *g = l ? group_of(call->box, l) : NULL;

	r->id = call->box->next_call_id++;
	r->calling = call->offer.calling;
	r->started = call->box->timers->now_ms;
	snprintf(r->called, sizeof(r->called), "%s", call->offer.called);
	snprintf(r->from, sizeof(r->from), "%s", leg->name);
	snprintf(call->caller, sizeof(call->caller), "%s", leg->name);
	snprintf(r->from_kind, sizeof(r->from_kind), "%s", leg->kind);
	snprintf(r->from_group, sizeof(r->from_group), "%s",
		 g && g->conf ? g->conf->name : "");
	snprintf(call->id, sizeof(call->id), "%" PRIu64, r->id);
}

struct call *call_new(struct box *box, struct leg *leg, struct trunk *trunk,
		      const struct leg_offer *offer)
{
	struct call *call = calloc(1, sizeof(*call));

	if (!call)
		return NULL;
	call->box = box;
	call->conf = box->conf;
	call->offer = *offer;
	call->leg[SIDE_A] = leg;
	call->trunk[SIDE_A] = trunk;
	leg->call = call;
	leg->outgoing = leg->up = false;
	list_init(&call->wait_node);
	list_add_before(&box->calls, &call->node);
	describe_side_a(call);
	fsm_init(&call->fsm, &call_type, call->id, call, &box->queue, box->timers,
		 CALL_NEW);
	call->record.state = fsm_state_name(&call->fsm);
	return call;
}

void call_post(struct call *call, enum call_machine_event event)
{
	fsm_post(&call->fsm, event, NULL, 0);
}

void call_abort(struct call *call, enum cause cause, const char *why)
{
	struct call_said s = { 0 };

	release_set(&s.release, cause, false, "%s", why);
	fsm_post(&call->fsm, C_ABORT, &s, sizeof(s));
}

void call_changed(struct call *call)
{
	const struct box_observer *o = call->box->observer;

	call->record.state = fsm_state_name(&call->fsm);
	if (o && o->call_changed)
		o->call_changed(call->box->observer_arg, &call->record);
}

bool call_is_waiting(const struct call *call)
{
	return call->fsm.state == CALL_WAITING;
}

/* by: the side that released it, NULL: we did. The last thing its caller does
 * with the call. */
static void end_call(struct call *call, const struct release *why, const char *by)
{
	struct call_record *r = &call->record;
	struct release told = *why;

	r->release = *why;
	snprintf(r->released_by, sizeof(r->released_by), "%s", by ? by : "tipring");
	for (int side = 0; side < 2; side++) {
		struct leg *leg = call_detach(call, side);

		if (leg)
			leg->ops->release(leg, &told);
		call_give_side(call, side);
	}
	fsm_go(&call->fsm, CALL_ENDED);
}

static void end_by_us(struct call *call, enum cause cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void end_by_us(struct call *call, enum cause cause, const char *format, ...)
{
	struct release r = { .cause = cause };
	va_list args;

	va_start(args, format);
	vsnprintf(r.why, sizeof(r.why), format, args);
	va_end(args);
	end_call(call, &r, NULL);
}

static void ended_enter(void *self)
{
	struct call *call = self;
	const struct box_observer *o = call->box->observer;
	struct call_record *r = &call->record;
	struct box *box = call->box;

	r->ended = box->timers->now_ms;
	r->state = fsm_state_name(&call->fsm);
	fraud_ended(call);
	log_info("call %s: %s %s to %s %s ended: %s (cause %d, by %s)", call->id,
		 r->from, r->calling.number, r->to[0] ? r->to : "-", r->called,
		 r->release.why, r->release.cause, r->released_by);
	if (o && o->call_ended)
		o->call_ended(box->observer_arg, r);
	fsm_fini(&call->fsm);
	list_remove(&call->node);
	list_remove(&call->wait_node);
	free(call->holds);
	free(call);
	reload_look(box);
}

/* ------------------------------------------------------------ the second leg */

static void go_on(struct call *call)
{
	switch (call_next_target(call)) {
	case TARGET_OFFERED:
		fsm_go(&call->fsm, CALL_CALLING);
		return;
	case TARGET_WAIT:
		fsm_go(&call->fsm, CALL_WAITING);
		return;
	case TARGET_NONE:
		end_call(call, &call->refusal,
			 call->refusal.by_far_end ? call->record.to : NULL);
	}
}

static void start(struct call *call)
{
	struct line *line = call_line(call);
	struct release refused;

	if (call->box->shutting_down) {
		end_by_us(call, CAUSE_TEMPORARY_FAILURE, "tipring is shutting down");
		return;
	}
	if (route_plan(call->box, call->trunk[SIDE_A], line, &call->offer,
		       &call->plan, &refused)) {
		end_call(call, &refused, NULL);
		return;
	}
	call->record.emergency = call->hunter.emergency = call->plan.emergency;
	if (call_take_first(call)) {
		end_call(call, &call->refusal, NULL);
		return;
	}
	if (call->plan.emergency)
		log_warning("call %s: emergency call to %s from %s", call->id,
			    call->offer.called, call->record.from);
	go_on(call);
}

/* The second leg has failed: to who has handed the caller on, or the end. */
static void fail(struct call *call, const struct release *why, const char *by)
{
	if (call->recall.rings)
		end_call(call, &call->refusal, NULL);
	else if (call->recall.line[0] && call_ring_back(call, why))
		fsm_go(&call->fsm, CALL_CALLING);
	else
		end_call(call, why, by);
}

/* Says whether the call has gone on (or has ended): nothing is left to do. */
static void side_released(struct call *call, const struct call_said *s)
{
	const char *by = s->side == SIDE_A ? call->caller : call->record.to;

	if (s->side == SIDE_B && s->attempt != call->attempt)
		return;
	if (s->side == SIDE_A || call->fsm.state == CALL_TALKING) {
		end_call(call, &s->release, by);
		return;
	}
	if (call->recall.rings || !call_may_reroute(call, s->release.cause)) {
		fail(call, &s->release, by);
		return;
	}
	log_info("call %s: %s: %s, trying another way", call->id, by,
		 s->release.why);
	call->refusal = s->release;
	call_give_side(call, SIDE_B);
	go_on(call);
}

/* ------------------------------------------------------------------- states */

static void common_event(struct call *call, int event, const void *data)
{
	const struct call_said *s = data;

	if (event == C_RELEASED)
		side_released(call, s);
	else if (event == C_ABORT)
		end_call(call, &s->release, NULL);
}

static void new_event(void *self, int event, const void *data)
{
	if (event == C_START)
		start(self);
	else
		common_event(self, event, data);
}

static void preempt(struct call *call)
{
	if (times_ms(call->conf, TIMER_TAKEOVER) &&
	    (call->fsm.state == CALL_EARLY || call->fsm.state == CALL_TALKING))
		fsm_go(&call->fsm, CALL_PREEMPTED);
	else
		end_by_us(call, CAUSE_PREEMPTION, "taken over by an emergency call");
}

static void pass_digit(struct call *call, const struct call_said *s)
{
	struct leg *to = call->leg[!s->side];

	if (call_relays_digits(call))
		return;
	for (int side = 0; side < 2; side++) {
		struct line *l = line_of_leg(call->leg[side]);

		if (l && call->joined[SIDE_A] && l->digit_path == DIGITS_RELAYED)
			return;
	}
	if (to && to->ops->digit)
		to->ops->digit(to, s->digit.digit, s->digit.ms);
}

/* What may happen whenever there are two legs. */
static void between_event(struct call *call, int event, const struct call_said *s)
{
	struct leg *to = call->leg[!s->side];

	switch (event) {
	case C_DIGIT:
		pass_digit(call, s);
		return;
	case C_FLASH:
		if (to && to->ops->flash)
			to->ops->flash(to);
		return;
	case C_HOLD:
		call->record.held = s->held;
		if (to && to->ops->hold)
			to->ops->hold(to, s->held);
		call_changed(call);
		return;
	default:
		common_event(call, event, s);
	}
}

/* CALLING, RINGING and EARLY: the second leg has not answered. */
static void open_event(void *self, int event, const void *data)
{
	struct call *call = self;
	const struct call_said *s = data;
	struct leg *a = call->leg[SIDE_A];
	struct release unanswered;

	/* A last word of a second leg that was given up. */
	if (s && event != C_ABORT && s->side == SIDE_B && s->attempt != call->attempt)
		return;
	switch (event) {
	case FSM_TIMEOUT:
		release_set(&unanswered, CAUSE_NO_ANSWER, false,
			    "no answer from %s within %u s", call->record.to,
			    (unsigned)((call->box->timers->now_ms -
					call->offered + 500) / 1000));
		fail(call, &unanswered, NULL);
		return;
	case C_PREEMPT:
		preempt(call);
		return;
	case C_PROCEEDING:
		if (a && a->ops->proceeding)
			a->ops->proceeding(a);
		return;
	case C_ALERTING:
		if (call->fsm.state == CALL_CALLING) {
			fsm_go(&call->fsm, CALL_RINGING);
		} else if (!call->record.alerted) {
			call->record.alerted = call->box->timers->now_ms;
			call_changed(call);
		}
		return;
	case C_PROGRESS:
		if (call->fsm.state != CALL_EARLY)
			fsm_go(&call->fsm, CALL_EARLY);
		return;
	case C_ANSWERED:
		call->record.answer_method = s->answer.method;
		call->record.answer_confidence = s->answer.confidence;
		fsm_go(&call->fsm, CALL_TALKING);
		return;
	default:
		between_event(call, event, s);
	}
}

static uint64_t remaining(const struct call *call, enum timer_id id)
{
	uint64_t whole = times_ms(call->conf, id);
	uint64_t gone = call->box->timers->now_ms - call->offered;

	return gone < whole ? whole - gone : 1;
}

static uint64_t progress_time(void *self)
{
	return remaining(self, TIMER_PROGRESS);
}

static uint64_t ring_time(void *self)
{
	return remaining(self, ((struct call *)self)->recall.rings ? TIMER_RECALL :
								     TIMER_RING);
}

static void calling_enter(void *self)
{
	call_changed(self);
}

static void ringing_enter(void *self)
{
	struct call *call = self;
	struct leg *a = call->leg[SIDE_A];

	call->record.alerted = call->box->timers->now_ms;
	if (a && a->up)
		call_ringback(call, true);
	else if (a && a->ops->alert)
		a->ops->alert(a);
	call_changed(call);
}

static void early_enter(void *self)
{
	struct call *call = self;
	struct leg *a = call->leg[SIDE_A];

	if (a && a->up)
		call_ringback(call, false);
	else if (a && a->ops->progress)
		a->ops->progress(a);
	call_join(call);
	call_changed(call);
}

/* ------------------------------------------------------------------ talking */

static uint64_t talk_time(void *self)
{
	return times_ms(((struct call *)self)->conf, TIMER_MAX_CALL);
}

static void answer(struct leg *a, const struct leg *b)
{
	if (b && a->ops->connected && (b->connected.number[0] || b->connected.name[0]))
		a->ops->connected(a, &b->connected);
	a->ops->answer(a);
}

static void talking_enter(void *self)
{
	struct call *call = self;
	struct leg *a = call->leg[SIDE_A];

	call->record.answered = call->box->timers->now_ms;
	log_info("call %s: %s answered", call->id, call->record.to);
	if (a && a->up)
		call_ringback(call, false);
	else if (a && a->ops->answer)
		answer(a, call->leg[SIDE_B]);
	if (a)
		a->up = true;
	call_join(call);
	call_changed(call);
	if (call->recall.line[0] && a)
		call_hand_over(call, a);
}

static void talking_event(void *self, int event, const void *data)
{
	struct call *call = self;

	if (event == C_CONNECT)
		call_connect(call);
	else if (event == C_HANDED_OVER)
		end_by_us(call, CAUSE_NORMAL, "%s has connected its two far ends itself",
			  call->record.to);
	else if (event == FSM_TIMEOUT)
		end_by_us(call, CAUSE_TIMER_EXPIRED, "longest call of %u s is over",
			  call->conf->timers[TIMER_MAX_CALL]);
	else if (event == C_PREEMPT)
		preempt(call);
	else
		between_event(call, event, data);
}

/* ---------------------------------------------------------------- emergency */

static uint64_t waiting_time(void *self)
{
	const struct config *conf = ((struct call *)self)->conf;

	return times_ms(conf, TIMER_TAKEOVER) + times_ms(conf, TIMER_GUARD) + 3000;
}

static void waiting_enter(void *self)
{
	struct call *call = self;

	list_remove(&call->wait_node);
	list_add_before(&call->box->waiting, &call->wait_node);
	if (call->record.state != fsm_state_name(&call->fsm))
		call_changed(call);
}

static void waiting_event(void *self, int event, const void *data)
{
	struct call *call = self;

	if (event == C_CIRCUIT || event == FSM_TIMEOUT) {
		list_remove(&call->wait_node);
		call->next = 0;
		go_on(call);
		return;
	}
	list_remove(&call->wait_node);
	common_event(call, event, data);
}

static uint64_t takeover_time(void *self)
{
	return times_ms(((struct call *)self)->conf, TIMER_TAKEOVER);
}

static void preempted_enter(void *self)
{
	struct call *call = self;
	const struct tone *tone = &call->conf->country.tones[TONE_CONGESTION];

	call_split(call);
	for (int side = 0; side < 2; side++) {
		struct leg *leg = call->leg[side];
		struct line *l = line_of_leg(leg);

		if (l && leg->end)
			line_play(l, TONE_CONGESTION);
		else if (leg && leg->end)
			leg->end->media->ops->play(leg->end, tone);
	}
	call_changed(call);
}

static void preempted_event(void *self, int event, const void *data)
{
	struct call *call = self;

	/* Who hangs up at the tone lets the other hear it to its end. */
	if (event == C_RELEASED && (call->leg[SIDE_A] || call->leg[SIDE_B]))
		return;
	end_by_us(call, CAUSE_PREEMPTION, "taken over by an emergency call");
}

#define ENDS (BIT(C_RELEASED) | BIT(C_ABORT))
#define BETWEEN (ENDS | BIT(C_DIGIT) | BIT(C_FLASH) | BIT(C_HOLD) | BIT(C_PREEMPT))
#define OPEN (BETWEEN | BIT(C_PROCEEDING) | BIT(C_ALERTING) | BIT(C_PROGRESS) | \
	      BIT(C_ANSWERED))
#define ON (BIT(CALL_CALLING) | BIT(CALL_RINGING) | BIT(CALL_EARLY) | \
	    BIT(CALL_TALKING) | BIT(CALL_WAITING) | BIT(CALL_PREEMPTED) | \
	    BIT(CALL_ENDED))

static const struct fsm_state states[] = {
	[CALL_NEW] = { "routing", ENDS | BIT(C_START),
		BIT(CALL_CALLING) | BIT(CALL_WAITING) | BIT(CALL_ENDED),
		NULL, NULL, new_event },
	[CALL_CALLING] = { "calling", OPEN, ON, progress_time, calling_enter,
		open_event },
	[CALL_RINGING] = { "ringing", OPEN, ON, ring_time, ringing_enter,
		open_event },
	[CALL_EARLY] = { "early media", OPEN, ON, progress_time, early_enter,
		open_event },
	[CALL_TALKING] = { "talking", BETWEEN | BIT(C_CONNECT) | BIT(C_HANDED_OVER),
		BIT(CALL_PREEMPTED) | BIT(CALL_ENDED), talk_time, talking_enter,
		talking_event },
	[CALL_WAITING] = { "waiting for a line", ENDS | BIT(C_CIRCUIT),
		BIT(CALL_CALLING) | BIT(CALL_WAITING) | BIT(CALL_ENDED),
		waiting_time, waiting_enter, waiting_event },
	[CALL_PREEMPTED] = { "taken over", ENDS, BIT(CALL_ENDED), takeover_time,
		preempted_enter, preempted_event },
	[CALL_ENDED] = { "ended", 0, 0, NULL, ended_enter, NULL },
};

static const char *const events[C_COUNT] = {
	"start", "proceeding", "alerting", "progress", "answered", "digit", "flash",
	"hold", "released", "abort", "preempt", "circuit",
	"connect", "handed over",
};

const struct fsm_type call_type = {
	"call", states, events, sizeof(states) / sizeof(states[0]), C_COUNT,
};
