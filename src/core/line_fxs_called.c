/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxs_called.c - an FXS line that is called: ringing, and DID.
 *
 * DID: a PBX port that takes digits answers our ringing by closing the loop.
 * "answer": it is ready at once. "wink": it says so by a wink, either opening
 * the closed loop for a moment (seen as a flash) or having closed it only for
 * a moment (seen as on hook); in the second case it closes the loop again when
 * the called extension answers. In the first, and with "answer", nothing tells
 * that, and the call counts as answered when the digits are out.
 */
#include <string.h>

#include "base/e164.h"
#include "base/log.h"
#include "core/line_fxs.h"
#include "core/number.h"

struct media_ring fxs_caller(const struct line *l, const struct party *from)
{
	const struct country *c = &l->config->country;
	struct media_ring ring = {
		.way = l->conf->way,
		.from = *from,
		.when = l->box->wall_clock ? l->box->wall_clock() : 0,
	};
	const struct e164_plan plan = { c->country_code, c->national_prefix,
					c->international_prefix };

	/* No telephone has a '+'. */
	e164_write(ring.from.number, ring.from.number, NUMBER_NATIONAL, &plan);
	return ring;
}

static struct cadence cadence_of(const struct line *l, const char *alert)
{
	const struct cadence *c = *alert ? config_cadence(l->config, alert) : NULL;

	if (*alert && !c)
		log_debug("line %s: no cadence is called \"%s\", it rings as usual",
			  l->name, alert);
	return c ? *c : l->config->country.ring;
}

bool fxs_ring(struct line *l, const struct party *from, const char *alert)
{
	struct media_ring ring = fxs_caller(l, from);
	int rc;

	ring.cadence = cadence_of(l, alert);
	/* NTT's went before. */
	if (!l->conf->callerid || l->conf->way.standard == CALLERID_JAPAN)
		ring.way.standard = CALLERID_NONE;
	rc = l->end->media->ops->ring(l->end, &ring);
	if (rc) {
		line_release(l, CAUSE_DESTINATION_OUT_OF_ORDER, "%s cannot ring: %s",
			     l->name, strerror(-rc));
		l->failed++;
		/* The release is ours: nothing will tell us to rest. */
		line_post(l, L_RELEASE);
		return false;
	}
	l->ringing = true;
	return true;
}

void fxs_ringing_enter(void *self)
{
	struct line *l = self;

	if (!fxs_ring(l, &l->offer.calling, l->offer.alert))
		return;
	leg_alerting(&l->leg);
	line_entered(l);
}

void fxs_answered(struct line *l)
{
	leg_answered(&l->leg, ANSWER_SIGNALLED, 100);
	fxs_go(l, FXS_TALKING);
}

void fxs_ringing_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxs_stale(l, event))
		return;
	switch (event) {
	case L_OFF_HOOK:
		line_stop_ringing(l);
		if (!l->conf->did_digits || l->conf->did_when == DID_OFF)
			fxs_answered(l);
		else
			fxs_go(l, l->conf->did_when == DID_ON_WINK ? FXS_DID_WINK : FXS_DID_SEND);
		return;
	case L_RELEASE:
		fxs_rest(l);
		return;
	case L_ALARM:
		line_alarm(l, data);
		fxs_go(l, FXS_OUT);
		return;
	}
}

uint64_t fxs_wink_time(void *self)
{
	return line_ms(self, TIMER_WINK);
}

void fxs_did_enter(void *self)
{
	line_entered(self);
}

void fxs_did_wink_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxs_stale(l, event))
		return;
	switch (event) {
	case L_ON_HOOK:
		fxs_go(l, FXS_DID_OPEN);
		return;
	case FSM_TIMEOUT:
		log_info("line %s: no wink, the digits are sent anyway", l->name);
		fxs_go(l, FXS_DID_SEND);
		return;
	case L_FLASH:
		fxs_go(l, FXS_DID_SEND);
		return;
	case L_RELEASE:
		fxs_released(l, data, true);
		return;
	default:
		fxs_off_hook_event(l, event, data);
	}
}

/* DTMF into the PBX. An open loop has to be told to carry audio. */
void fxs_did_send_enter(void *self)
{
	struct line *l = self;
	const struct media_ops *media = l->end->media->ops;
	struct media_dial dial = { .method = DIAL_DTMF };

	number_dialable(dial.digits, number_last(l->offer.called,
						 l->conf->did_digits), false);
	if (l->fsm.state == FXS_DID_OPEN)
		media->set(l->end, PORT_ON_HOOK_SEND_MS,
			   (int)(strlen(dial.digits) * 200 + 1000));
	if (!dial.digits[0] || media->dial(l->end, &dial)) {
		log_warning("line %s: no digits of %s could be sent", l->name,
			    l->offer.called);
		line_post(l, L_DIALLED);
	}
	line_entered(l);
}

void fxs_did_send_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxs_stale(l, event))
		return;
	if (event == L_DIALLED)
		fxs_answered(l);
	else if (event == L_RELEASE)
		fxs_released(l, data, true);
	else
		fxs_off_hook_event(l, event, data);
}

/* FXS_DID_OPEN and FXS_DID_ANSWER: the loop is open, closing it is the answer. */
void fxs_did_open_event(void *self, int event, const void *data)
{
	struct line *l = self;

	if (fxs_stale(l, event))
		return;
	switch (event) {
	case L_OFF_HOOK:
		fxs_answered(l);
		return;
	case L_DIALLED:
		fxs_go(l, FXS_DID_ANSWER);
		return;
	case L_RELEASE:
		fxs_rest(l);
		return;
	case L_ALARM:
		line_alarm(l, data);
		fxs_go(l, FXS_OUT);
		return;
	}
}
