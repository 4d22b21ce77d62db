/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxs_announced.c - caller ID as NTT has it: before it is rung as usual a
 * telephone that knows it answers a reversal and short bursts, hears the caller
 * ID, and hangs up. One that does not is rung when ANNOUNCING's time is over.
 */
#include <string.h>

#include "base/log.h"
#include "core/line_fxs.h"

enum { ANNOUNCE_MS = 6000, BURST_MS = 500 };

bool fxs_announces(const struct line *l)
{
	struct port_state s = { 0 };

	return l->conf->callerid && l->conf->way.standard == CALLERID_JAPAN &&
	       !l->end->media->ops->state(l->end, &s) &&
	       s.capabilities & PORT_CAN_REVERSE;
}

uint64_t fxs_announcing_time(void *self)
{
	return ANNOUNCE_MS;
}

void fxs_announcing_enter(void *self)
{
	struct line *l = self;
	struct media_ring ring = {
		.cadence = { .ms = { BURST_MS, BURST_MS }, .count = 2 },
	};

	line_reverse(l, true);
	if (l->end->media->ops->ring(l->end, &ring))
		line_post(l, L_CALLERID_SENT);	/* RINGING tells why it cannot */
	l->ringing = true;
	leg_alerting(&l->leg);
	line_entered(l);
}

static void ring_as_usual(struct line *l)
{
	line_stop_ringing(l);
	line_reverse(l, false);
	fxs_go(l, FXS_RINGING);
}

/* ANNOUNCING, on hook, and CALLERID_SEND, off hook. */
void fxs_announced_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxs_stale(l, event))
		return;
	switch (event) {
	case L_OFF_HOOK:
		line_stop_ringing(l);
		fxs_go(l, FXS_CALLERID_SEND);
		return;
	case L_ON_HOOK:
		ring_as_usual(l);
		return;
	case L_CALLERID_SENT:
		if (l->fsm.state == FXS_ANNOUNCING)
			ring_as_usual(l);
		return;
	case L_RELEASE:
		if (l->fsm.state == FXS_ANNOUNCING)
			fxs_rest(l);
		else
			fxs_released(l, data, true);
		return;
	case L_ALARM:
		line_alarm(l, data);
		fxs_go(l, FXS_OUT);
		return;
	case FSM_TIMEOUT:
		if (l->fsm.state == FXS_ANNOUNCING) {
			ring_as_usual(l);
			return;
		}
		/* It stays off hook: a person has lifted the handset. */
		line_reverse(l, false);
		fxs_answered(l);
		return;
	}
}

uint64_t fxs_callerid_time(void *self)
{
	return line_ms(self, TIMER_CALLERID);
}

void fxs_callerid_send_enter(void *self)
{
	struct line *l = self;
	struct media_ring ring = {
		.way = l->conf->way,
		.from = l->offer.calling,
		.when = l->box->wall_clock ? l->box->wall_clock() : 0,
	};
	int rc = l->end->media->ops->callerid(l->end, &ring);

	if (rc)
		log_warning("line %s: cannot send caller ID: %s", l->name,
			    strerror(-rc));
	line_entered(l);
}
