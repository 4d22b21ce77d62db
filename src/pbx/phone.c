/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * phone.c - an FXO line: a telephone, or a PBX's trunk port.
 */
#include "pbx/line.h"

#define RING_GAP_MS 7000	/* then nobody rings any more */
#define ANNOUNCED_MS 5000	/* for caller ID that was announced */
#define HEARD_MS 150		/* then it hangs up */

static void stopped_ringing(void *arg)
{
	struct pbx_line *l = arg;

	l->state = LINE_IDLE;
	l->reads = false;
}

static void answer(void *arg)
{
	phone_hook(arg, true);
}

static void hang_up(void *arg)
{
	phone_hook(arg, false);
}

int phone_hook(struct pbx_line *l, bool off_hook)
{
	int err;

	if (l->off_hook == off_hook)
		return 0;
	err = l->driver->hook(l->port, off_hook);
	if (err)
		return err;
	timer_stop(&l->timer);
	timer_stop(&l->sound_timer);
	l->state = off_hook ? LINE_TALKING : LINE_IDLE;
	l->seized = l->reads = false;
	line_off_hook(l, off_hook);
	return 0;
}

/* NTT: answers the announcement, not the call. */
static void answer_announcement(struct pbx_line *l)
{
	phone_hook(l, true);
	l->state = LINE_TELLING;
	l->reads = true;
	timer_start(&l->pbx->loop->timers, &l->timer, ANNOUNCED_MS, hang_up, l);
}

void phone_caller(struct pbx_line *l)
{
	if (l->state == LINE_TELLING)
		timer_start(&l->pbx->loop->timers, &l->timer, HEARD_MS, hang_up, l);
}

static void ring(struct pbx_line *l)
{
	if (l->off_hook)
		return;
	if (l->reversed && callerid_when(&l->way) == CALLERID_ANSWERED) {
		answer_announcement(l);
		return;
	}
	if (l->state == LINE_IDLE && l->answer_ms >= 0)
		timer_start(&l->pbx->loop->timers, &l->sound_timer,
			    (uint64_t)l->answer_ms, answer, l);
	l->state = LINE_ALERTING;
	l->reads = true;
	timer_start(&l->pbx->loop->timers, &l->timer, RING_GAP_MS,
		    stopped_ringing, l);
	pbx_event(l, EVENT_RING, 0, NULL, NULL);
}

/* Dialling that was asked for before current flowed. */
static void seized(struct pbx_line *l)
{
	l->seized = true;
	pbx_event(l, EVENT_SEIZED, 0, NULL, NULL);
	if (l->dialling && l->dial_pulses && l->driver->pulse(l->port, l->dial))
		line_dial_stop(l);
}

void phone_event(struct pbx_line *l, const struct line_event *e)
{
	switch (e->type) {
	case LINE_EVENT_RING_ON:
		ring(l);
		break;
	case LINE_EVENT_SEIZED:
		seized(l);
		break;
	case LINE_EVENT_DIALLED:
		line_dial_stop(l);
		pbx_heard(l);
		break;
	case LINE_EVENT_BREAK:
		if (!l->times_breaks)
			pbx_event(l, EVENT_BREAK, 0, NULL, NULL);
		break;
	case LINE_EVENT_BREAK_END:
		pbx_event(l, EVENT_BREAK, e->value, NULL, NULL);
		break;
	case LINE_EVENT_POLARITY:
		l->reversed = e->value;
		pbx_event(l, EVENT_POLARITY, 0, e->value ? "reverse" : "normal", NULL);
		if (callerid_when(&l->way) == CALLERID_BEFORE)
			l->reads = !l->off_hook;
		break;
	case LINE_EVENT_MESSAGES:
		pbx_event(l, EVENT_LAMP, 0, e->value ? "on" : "off", NULL);
		break;
	default:
		break;
	}
}
