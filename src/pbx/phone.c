/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * phone.c - an FXO line: a telephone, or a PBX's trunk port.
 */
#include <stdio.h>

#include "pbx/line.h"

#define RING_GAP_MS 7000	/* then nobody rings any more */
#define ANNOUNCED_MS 5000	/* for caller ID that was announced */
#define HEARD_MS 150		/* then it hangs up */
#define CADENCE_MS 1500		/* a pause that ends a cadence */

/* What it rang since the last long pause: on/off/on in ms. */
static void cadence_ended(void *arg)
{
	struct pbx_line *l = arg;
	char text[PBX_TEXT] = "";
	size_t n = 0;

	for (unsigned i = 0; i < l->burst_count && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u", i ? "/" : "",
				      l->bursts_ms[i]);
	l->burst_count = 0;
	pbx_event(l, EVENT_CADENCE, 0, text, NULL);
}

/* A burst or the pause behind it has ended. */
static void note_burst(struct pbx_line *l, const struct line_event *e)
{
	bool on = e->type == LINE_EVENT_RING_ON;

	timer_stop(&l->cadence_timer);
	if (l->off_hook)
		return;
	if ((on && l->burst_count % 2) || (!on && l->burst_count % 2 == 0)) {
		if (l->burst_count < LINE_BURSTS)
			l->bursts_ms[l->burst_count++] =
				(unsigned)((e->sample - l->burst_at) / 8);
	}
	l->burst_at = e->sample;
	if (!on && l->burst_count)
		timer_start(&l->pbx->loop->timers, &l->cadence_timer, CADENCE_MS,
			    cadence_ended, l);
}

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
	timer_stop(&l->cadence_timer);
	l->burst_count = 0;
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
		note_burst(l, e);
		ring(l);
		break;
	case LINE_EVENT_RING_OFF:
		note_burst(l, e);
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
