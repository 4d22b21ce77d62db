/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* leg.c - what a call wants of its far end on a span. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "isdn/room.h"

/* T305 and twice T308, Q.931 table 9-1, and some: libpri has lost a call that is
 * not clear by then. */
static unsigned clearing_ms(const struct isdn_leg *l)
{
	const uint32_t *timers = l->span->isdn->conf->timers;

	return (timers[TIMER_T305] + 2 * timers[TIMER_T308] + 20) * 1000;
}

static struct isdn_leg *leg_of(struct leg *leg)
{
	return list_entry(leg, struct isdn_leg, leg);
}

static struct pri *pri_of(const struct isdn_leg *l)
{
	return l->span->link ? l->span->link->pri : NULL;
}

static struct timers *timers_of(const struct isdn_leg *l)
{
	return &l->span->isdn->options.loop->timers;
}

static int slot_of(const struct isdn_leg *l)
{
	return l->channel ? l->channel->slot : 0;
}

/* Whether a message may be sent. */
static bool speaks(const struct isdn_leg *l)
{
	return l->call && pri_of(l) && l->state != LEG_CLEARING;
}

void isdn_leg_play(struct isdn_leg *l, int tone)
{
	struct media_end *end = l->channel ? l->channel->end : NULL;

	if (end)
		end->media->ops->play(end, tone < 0 ? NULL :
			&l->span->isdn->conf->country.tones[tone]);
}

void isdn_leg_take_channel(struct isdn_leg *l, struct channel *c)
{
	if (l->channel && l->channel != c)
		channel_give(l->channel);
	l->channel = c;
	channel_take(c, l);
	if (l->leg.end == c->end)
		return;
	l->leg.end = c->end;
	leg_end_changed(&l->leg);
}

/* -------------------------------------------------------------------- offer */

static void set_parties(struct isdn_leg *l, struct pri_sr *sr)
{
	const struct leg_offer *o = &l->offer;
	struct e164_plan plan = span_plan(l->span);
	enum number_type type = span_number_type(l->span);
	bool network = l->span->conf->role == SPAN_NETWORK;
	char called[PARTY_NUMBER_SIZE];
	struct pri_party_id calling;
	struct pri_party_redirecting r = { .count = 1 };
	int called_plan = number_write(called, o->called, type, &plan);

	pri_sr_set_called(sr, called, called_plan, o->complete);
	q931_party_write(&calling, &o->calling, network, type, &plan);
	pri_sr_set_caller_party(sr, &calling);
	if (!o->diverting.number[0])
		return;
	q931_party_write(&r.from, &o->diverting, network, type, &plan);
	r.reason = r.orig_reason = redirection_write(o->diversion);
	pri_sr_set_redirecting_parties(sr, &r);
}

enum cause isdn_leg_setup(struct isdn_leg *l)
{
	struct span *s = l->span;
	struct channel *c = channel_choose(s);
	int capability, layer1, err;
	struct pri_sr *sr;

	if (!c)
		return CAUSE_NO_CIRCUIT;
	if (!pri_of(l))
		return CAUSE_NETWORK_OUT_OF_ORDER;
	sr = pri_sr_new();
	l->call = sr ? pri_new_call(pri_of(l)) : NULL;
	if (!l->call) {
		pri_sr_free(sr);
		return CAUSE_RESOURCE_UNAVAILABLE;
	}
	isdn_leg_take_channel(l, c);
	pri_sr_set_channel(sr, c->slot, s->conf->channel == CHANNEL_EXCLUSIVE, 0);
	/* Fax and modems go to SIP as speech does: bit by bit. */
	bearer_write(&capability, &layer1, BEARER_AUDIO, s->shape.format);
	pri_sr_set_bearer(sr, capability, layer1);
	set_parties(l, sr);
	err = pri_setup(pri_of(l), l->call, sr);
	pri_sr_free(sr);
	span_turn(s);
	l->tries++;
	if (!err)
		return CAUSE_NONE;
	pri_destroycall(pri_of(l), l->call);
	l->call = NULL;
	return CAUSE_TEMPORARY_FAILURE;
}

static int op_offer(struct leg *leg, const struct leg_offer *offer)
{
	struct isdn_leg *l = leg_of(leg);
	struct release r;
	enum cause cause;

	l->offer = *offer;
	cause = isdn_leg_setup(l);
	if (!cause) {
		l->span->calls_out++;
		return 0;
	}
	l->span->failed++;
	release_set(&r, cause, false, cause == CAUSE_NO_CIRCUIT ?
		    "span %s: no B channel is free" :
		    "span %s: the call cannot be set up", l->span->name);
	leg_released(leg, &r);
	isdn_leg_free(l);
	return 0;
}

/* ------------------------------------------------------- to who calls from it */

static void op_proceeding(struct leg *leg)
{
	struct isdn_leg *l = leg_of(leg);

	if (!speaks(l) || l->proceeding || l->alerting)
		return;
	l->proceeding = true;
	pri_proceeding(pri_of(l), l->call, slot_of(l), 0);
	span_turn(l->span);
}

/* Ringback in the B channel, too: not every PBX makes its own (Q.931 5.1.6). */
static void op_alert(struct leg *leg)
{
	struct isdn_leg *l = leg_of(leg);

	if (!speaks(l) || l->alerting)
		return;
	op_proceeding(leg);
	l->alerting = true;
	isdn_leg_play(l, TONE_RINGBACK);
	pri_acknowledge(pri_of(l), l->call, slot_of(l), 1);
	span_turn(l->span);
}

static void op_progress(struct leg *leg)
{
	struct isdn_leg *l = leg_of(leg);

	if (!speaks(l))
		return;
	isdn_leg_play(l, -1);
	op_proceeding(leg);
	/* Who was told of sound with the alerting listens already. */
	if (!l->sounds && !l->alerting)
		pri_progress(pri_of(l), l->call, slot_of(l), 1);
	l->sounds = true;
	span_turn(l->span);
}

/* COLP (ETS 300 094), and the name where the protocol has one. */
static void op_connected(struct leg *leg, const struct party *who)
{
	struct isdn_leg *l = leg_of(leg);
	struct e164_plan plan = span_plan(l->span);
	struct pri_party_connected_line c;

	if (!speaks(l))
		return;
	q931_party_write(&c.id, who, l->span->conf->role == SPAN_NETWORK,
			 span_number_type(l->span), &plan);
	pri_connected_line_update(pri_of(l), l->call, &c);
}

static void op_answer(struct leg *leg)
{
	struct isdn_leg *l = leg_of(leg);

	if (!speaks(l))
		return;
	isdn_leg_play(l, -1);
	l->state = LEG_TALKING;
	pri_answer(pri_of(l), l->call, slot_of(l), 0);
	span_turn(l->span);
}

/* --------------------------------------------------------------- while it runs */

static void op_digit(struct leg *leg, char digit, unsigned ms)
{
	if (leg->end)
		leg->end->media->ops->digit(leg->end, digit, ms);
}

/* Q.931 4.5.22, in ETS 300 141's words. */
static void op_hold(struct leg *leg, bool held)
{
	struct isdn_leg *l = leg_of(leg);

	if (!speaks(l) || (l->state != LEG_TALKING && l->state != LEG_HELD))
		return;
	pri_notify(pri_of(l), l->call, slot_of(l), held ? PRI_NOTIFY_REMOTE_HOLD :
		   PRI_NOTIFY_REMOTE_RETRIEVAL);
	span_turn(l->span);
}

/* ---------------------------------------------------------------------- the end */

/* The far end never confirmed. Its B channel may still be in use there. */
static void on_stuck(void *arg)
{
	struct isdn_leg *l = arg;
	struct channel *c = l->channel;

	log_warning("span %s: B channel %d: the far end does not clear; restarting it",
		    l->span->name, slot_of(l));
	if (l->call && pri_of(l))
		pri_destroycall(pri_of(l), l->call);
	l->call = NULL;
	isdn_leg_free(l);
	if (c)
		channel_restart(c);
}

void isdn_leg_clear(struct isdn_leg *l, enum cause cause)
{
	bool spoke = speaks(l);

	l->leg.end = NULL;
	isdn_leg_play(l, -1);
	l->state = LEG_CLEARING;
	timer_start(timers_of(l), &l->timer, clearing_ms(l), on_stuck, l);
	if (spoke)
		pri_hangup(pri_of(l), l->call, cause_write(cause));
	span_turn(l->span);
	if (!l->call || !pri_of(l))
		isdn_leg_free(l);
}

void isdn_leg_lost(struct isdn_leg *l, enum cause cause, bool by_far_end,
		   const char *why)
{
	struct release r;

	release_set(&r, cause, by_far_end, "span %s: %s", l->span->name, why);
	leg_released(&l->leg, &r);
	if (l->state != LEG_CLEARING)
		isdn_leg_clear(l, cause);
}

static void op_release(struct leg *leg, const struct release *r)
{
	struct isdn_leg *l = leg_of(leg);

	if (l->state != LEG_CLEARING)
		isdn_leg_clear(l, r->cause);
}

static const struct leg_ops isdn_leg_ops = {
	.offer = op_offer,
	.proceeding = op_proceeding,
	.alert = op_alert,
	.progress = op_progress,
	.answer = op_answer,
	.connected = op_connected,
	.digit = op_digit,
	.hold = op_hold,
	.release = op_release,
};

/* ------------------------------------------------------------------ birth, death */

static struct isdn_leg *make(struct span *s)
{
	struct isdn_leg *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->leg.ops = &isdn_leg_ops;
	l->leg.kind = "isdn";
	snprintf(l->leg.name, sizeof(l->leg.name), "%s", s->name);
	l->leg.digits_by_event = l->leg.relays = s->conf->dtmf_relay;
	l->span = s;
	list_add_before(&s->legs, &l->node);
	return l;
}

struct leg *isdn_leg_new(struct trunk *trunk, const struct config_line *line)
{
	struct span *s = list_entry(trunk, struct span, trunk);
	struct isdn_leg *l;

	if (s->isdn->stopping || trunk->draining) {
		errno = ESHUTDOWN;
		return NULL;
	}
	l = make(s);
	if (!l) {
		errno = ENOMEM;
		return NULL;
	}
	l->state = LEG_CALLING;
	return &l->leg;
}

struct isdn_leg *isdn_leg_incoming(struct span *s, q931_call *call)
{
	struct isdn_leg *l = make(s);

	if (!l)
		return NULL;
	l->call = call;
	l->state = LEG_COLLECTING;
	return l;
}

void isdn_leg_free(struct isdn_leg *l)
{
	struct span *s = l->span;

	timer_stop(&l->timer);
	if (l->channel && l->channel->leg == l)
		channel_give(l->channel);
	list_remove(&l->node);
	free(l);
	span_leg_gone(s);
}
