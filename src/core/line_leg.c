/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_leg.c - what comes to a line's machine: the leg's operations from the
 * call, and the port's events from media.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/line.h"
#include "core/reload.h"

static struct line *line_of(struct leg *leg)
{
	return list_entry(leg, struct line, leg);
}

struct line *line_of_leg(const struct leg *leg)
{
	if (leg && leg->ops == &line_second_ops)
		return list_entry((struct leg *)leg, struct line, second);
	return leg && leg->ops == &line_leg_ops ?
	       list_entry((struct leg *)leg, struct line, leg) : NULL;
}

/* The offer is too long for an event. The line is reserved by leg->call. */
static int op_offer(struct leg *leg, const struct leg_offer *offer)
{
	struct line *l = line_of(leg);

	l->offer = *offer;
	leg->end = l->end;
	leg->digits_by_event = l->conf->dtmf_relay;
	fsm_post(&l->fsm, L_OFFER, &leg->call, sizeof(leg->call));
	return 0;
}

bool line_offer_stands(const struct line *l, const void *data)
{
	struct call *const *call = data;

	return *call && *call == l->leg.call;
}

static void op_proceeding(struct leg *leg)
{
	line_post(line_of(leg), L_PROCEED);
}

static void op_alert(struct leg *leg)
{
	line_post(line_of(leg), L_ALERT);
}

static void op_progress(struct leg *leg)
{
	line_post(line_of(leg), L_PROGRESS);
}

static void op_answer(struct leg *leg)
{
	line_post(line_of(leg), L_ANSWER);
}

static void op_digit(struct leg *leg, char digit, unsigned ms)
{
	struct line_digit d = { digit, ms };

	fsm_post(&line_of(leg)->fsm, L_SEND_DIGIT, &d, sizeof(d));
}

static void op_flash(struct leg *leg)
{
	line_post(line_of(leg), L_SEND_FLASH);
}

static void op_release(struct leg *leg, const struct release *r)
{
	fsm_post(&line_of(leg)->fsm, L_RELEASE, r, sizeof(*r));
}

/* No hold: a held line keeps its path, and hears what the far end sends. */
const struct leg_ops line_leg_ops = {
	.offer = op_offer,
	.proceeding = op_proceeding,
	.alert = op_alert,
	.progress = op_progress,
	.answer = op_answer,
	.digit = op_digit,
	.flash = op_flash,
	.release = op_release,
};

/* ----------------------------------------------------------- from the port */

static bool accepts(const struct line *l, enum line_machine_event event)
{
	return l->fsm.type->states[l->fsm.state].accepts & BIT(event);
}

/* Events were lost: what differs from what we believe is told as an event. */
static void resync(struct line *l)
{
	struct port_state s;
	enum line_machine_event event;

	if (!l->end || l->end->media->ops->state(l->end, &s))
		return;
	if (s.alarm) {
		int alarm = s.alarm;

		fsm_post(&l->fsm, L_ALARM, &alarm, sizeof(alarm));
		return;
	}
	if (l->fsm.state == LINE_OUT) {
		line_post(l, L_CLEARED);
		return;
	}
	if (l->kind == PORT_FXS)
		event = s.off_hook ? L_OFF_HOOK : L_ON_HOOK;
	else if (l->off_hook)
		event = s.battery ? L_BREAK_END : L_BREAK;
	else
		event = s.ringing ? L_RING_ON : L_RING_OFF;
	if (accepts(l, event))
		line_post(l, event);
}

static void line_event(struct line *l, const struct line_event *e)
{
	static const enum line_machine_event map[] = {
		[LINE_EVENT_OFF_HOOK] = L_OFF_HOOK,
		[LINE_EVENT_ON_HOOK] = L_ON_HOOK,
		[LINE_EVENT_FLASH] = L_FLASH,
		[LINE_EVENT_RING_ON] = L_RING_ON,
		[LINE_EVENT_RING_OFF] = L_RING_OFF,
		[LINE_EVENT_BREAK] = L_BREAK,
		[LINE_EVENT_BREAK_END] = L_BREAK_END,
		[LINE_EVENT_POLARITY] = L_POLARITY,
		[LINE_EVENT_SEIZED] = L_SEIZED,
		[LINE_EVENT_DIALLED] = L_DIALLED,
		[LINE_EVENT_ALARM] = L_ALARM,
		[LINE_EVENT_ALARM_CLEARED] = L_CLEARED,
	};
	struct line_digit digit = { (char)e->value, 100 };

	switch (e->type) {
	case LINE_EVENT_NONE:
	case LINE_EVENT_BURST_END:	/* caller ID is media's */
		return;
	case LINE_EVENT_MESSAGES:
		log_info("line %s: message waiting lamp %s", l->name,
			 e->value ? "on" : "off");
		return;
	case LINE_EVENT_PULSE_DIGIT:
		fsm_post(&l->fsm, L_DIGIT, &digit, sizeof(digit));
		return;
	case LINE_EVENT_RESYNC:
		resync(l);
		return;
	default:
		if ((size_t)e->type < sizeof(map) / sizeof(map[0]))
			fsm_post(&l->fsm, map[e->type], &e->value, sizeof(e->value));
	}
}

static void trouble(const struct line *l, enum trouble what, unsigned count)
{
	switch (what) {
	case TROUBLE_SHORT_READS:
		log_warning("line %s: the card gave less than a block at once, %u "
			    "times by now: audio is missing", l->name, count);
		break;
	case TROUBLE_STORM:
		log_warning("line %s: %u events of the port within a second; see to "
			    "its cable and card", l->name, count);
		break;
	case TROUBLE_LOST_EVENTS:
		log_warning("line %s: %u events of the port came faster than they "
			    "could be served and were left out", l->name, count);
		break;
	case TROUBLE_COUNT:
		break;
	}
}

void line_media_event(void *owner, const struct media_event *e)
{
	struct line *l = owner;
	struct line_digit digit;

	if (!l)
		return;
	if (e->type == MEDIA_FREED) {
		reload_line_closed(l);
		return;
	}
	if (!l->end)
		return;
	switch (e->type) {
	case MEDIA_LINE:
		line_event(l, &e->line);
		break;
	case MEDIA_DIGIT:
		digit = (struct line_digit){ e->digit.digit, e->digit.ms };
		fsm_post(&l->fsm, L_DIGIT, &digit, sizeof(digit));
		break;
	case MEDIA_TONE:
	case MEDIA_SPEECH:
	case MEDIA_SILENCE:
	case MEDIA_FAX:
		/* Detection that was just switched off may have a last word. */
		if (accepts(l, L_HEARD))
			fsm_post(&l->fsm, L_HEARD, e, sizeof(*e));
		break;
	case MEDIA_CALLERID:
		if (accepts(l, L_CALLERID))
			fsm_post(&l->fsm, L_CALLERID, &e->party, sizeof(e->party));
		break;
	case MEDIA_CALLERID_BAD:
		if (accepts(l, L_CALLERID))
			line_post(l, L_CALLERID);
		break;
	case MEDIA_CALLERID_SENT:
		if (accepts(l, L_CALLERID_SENT))
			line_post(l, L_CALLERID_SENT);
		else
			fxs_waiting_told(l, e->value);
		break;
	case MEDIA_PROBED:
		if (accepts(l, L_PROBED))
			fsm_post(&l->fsm, L_PROBED, &e->probed, sizeof(e->probed));
		break;
	case MEDIA_MESSAGES_SENT:
		line_messages_sent(l);
		break;
	case MEDIA_DIALLED:
		line_post(l, L_DIALLED);
		break;
	case MEDIA_TROUBLE:
		trouble(l, e->trouble.what, e->trouble.count);
		break;
	case MEDIA_PLAYED:
	case MEDIA_RTP_FIRST:
	case MEDIA_RTP_DEAD:
	case MEDIA_FREED:
		break;
	}
}
