/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * overlap.c - a called number that comes digit by digit (Q.931 5.1.3). The
 * routes know when one is whole, as for lines: their digit maps, emergency
 * numbers, '#', the caller's "sending complete", or a pause.
 */
#include <stdio.h>
#include <string.h>

#include "base/digit_map.h"
#include "core/emergency.h"
#include "core/route.h"
#include "isdn/room.h"

void leg_offered(struct isdn_leg *l)
{
	timer_stop(&l->timer);
	isdn_leg_play(l, -1);
	l->state = LEG_OFFERED;
	/* At once: T303 of 4 s is short for SIP, and libpri clears no call that it
	 * has not answered at all. */
	l->leg.ops->proceeding(&l->leg);
	box_incoming(l->span->isdn->options.box, &l->leg, &l->span->trunk, &l->offer);
}

struct judgement {
	unsigned bits;		/* of digit_map.h, over all maps */
	bool any;		/* what no map knows has a way, too */
};

static void judge(const struct isdn_leg *l, struct judgement *j)
{
	const struct config *conf = l->span->isdn->options.box->conf;
	const char *called = l->offer.called;

	*j = (struct judgement){ .any = l->span->conf->calls_to[0] };
	for (size_t i = 0; i < conf->route_count; i++) {
		const struct config_route *r = &conf->routes[i];

		if (!route_is_from(l->span->isdn->options.box, r, &l->span->trunk, NULL))
			continue;
		j->bits |= r->called[0] ? digit_map_bits(r->called, called) : 0;
		j->any |= !r->called[0];
	}
	for (size_t i = 0; i < conf->line_count; i++)
		if (conf->lines[i].number[0])
			j->bits |= digit_map_bits(conf->lines[i].number, called);
}

static void on_pause(void *arg)
{
	leg_offered(arg);
}

static void look(struct isdn_leg *l)
{
	const uint32_t *times = l->span->isdn->conf->timers;
	unsigned ms = times[l->offer.called[0] ? TIMER_INTER_DIGIT :
			    TIMER_FIRST_DIGIT] * 1000;
	struct judgement j;

	if (emergency_is(l->span->isdn->options.box, l->offer.called)) {
		leg_offered(l);
		return;
	}
	judge(l, &j);
	switch (digit_map_verdict(j.bits)) {
	case DIGIT_COMPLETE:
		leg_offered(l);
		return;
	case DIGIT_MAYBE:
		ms = times[TIMER_DIGIT_MAP];
		break;
	case DIGIT_NO_MATCH:
		/* Core refuses it, with the cause for that. */
		if (!j.any && l->offer.called[0]) {
			leg_offered(l);
			return;
		}
		break;
	case DIGIT_PARTIAL:
		break;
	}
	timer_start(&l->span->isdn->options.loop->timers, &l->timer, ms, on_pause, l);
}

void overlap_begin(struct isdn_leg *l)
{
	bool tone = !l->offer.called[0];

	l->state = LEG_COLLECTING;
	if (tone)
		isdn_leg_play(l, TONE_DIAL);
	pri_setup_ack(l->span->link->pri, l->call, l->channel->slot, 0, tone);
	span_turn(l->span);
	look(l);
}

void overlap_digits(struct isdn_leg *l, const char *digits, bool complete)
{
	size_t n = strlen(l->offer.called);

	isdn_leg_play(l, -1);
	for (; *digits && n < sizeof(l->offer.called) - 1; digits++) {
		if (*digits == '#' && n) {
			complete = true;
			break;
		}
		l->offer.called[n++] = *digits;
		l->offer.called[n] = '\0';
	}
	if (complete || n == sizeof(l->offer.called) - 1)
		leg_offered(l);
	else
		look(l);
}
