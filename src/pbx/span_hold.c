/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * span_hold.c - calls on hold. One of them is its line's (held) and has no B
 * channel; the line may have another call meanwhile.
 */
#include <errno.h>
#include <stdio.h>

#include "pbx/span_room.h"

static struct pbx_line *holder_of(struct pbx_span *s, const q931_call *call)
{
	for (unsigned i = 1; call && i <= DCHANNEL_SLOTS; i++)
		if (s->line[i] && s->line[i]->held == call)
			return s->line[i];
	return NULL;
}

static void tell(struct pbx_line *l, enum pbx_event_type type, int cause)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", cause);
	pbx_event(l, type, cause, text, NULL);
}

void span_parked(struct pbx_line *l, bool done, int cause)
{
	q931_call *call = l->call;

	if (!done) {
		tell(l, EVENT_REFUSED, cause);
		return;
	}
	span_end(l);
	l->held = call;
	pbx_event(l, EVENT_PARKED, 0, NULL, NULL);
}

static void retrieved(struct pbx_span *s, struct pbx_line *l, int channel)
{
	struct pbx_line *to = span_line_at(s, channel);

	if (!to || to->call) {
		tell(l, EVENT_REFUSED, PRI_CAUSE_CHANNEL_UNACCEPTABLE);
		return;
	}
	span_begin(to, l->held, LINE_TALKING);
	l->held = NULL;
	pbx_event(to, EVENT_RETRIEVED, 0, NULL, NULL);
}

void span_hold_event(struct pbx_span *s, const pri_event *e)
{
	struct pbx_line *l;

	if (e->e == PRI_EVENT_SERVICE_ACK) {
		l = span_line_at(s, e->service_ack.channel);
		if (l)
			pbx_event(l, EVENT_SERVICE, 0, e->service_ack.changestatus ?
				  "out" : "in", NULL);
	} else if (e->e == PRI_EVENT_RETRIEVE_ACK) {
		l = holder_of(s, e->retrieve_ack.call);
		if (l)
			retrieved(s, l, e->retrieve_ack.channel);
	} else if (e->e == PRI_EVENT_RETRIEVE_REJ) {
		l = holder_of(s, e->retrieve_rej.call);
		if (l)
			tell(l, EVENT_REFUSED, e->retrieve_rej.cause);
	}
}

void span_held_gone(struct pbx_span *s, const q931_call *call, int cause)
{
	struct pbx_line *l = holder_of(s, call);

	if (!l)
		return;
	l->held = NULL;
	tell(l, EVENT_CLEARED, cause);
}

/* ----------------------------------------------------------------- what we say */

static int said(struct pbx_span *s, int err)
{
	span_turn(s);
	return err ? -EPROTO : 0;
}

int span_park(struct pbx_line *l)
{
	if (!l->call || !l->span->pri)
		return -ENOTCONN;
	if (l->held)
		return -EBUSY;
	return said(l->span, pri_hold(l->span->pri, l->call));
}

int span_retrieve(struct pbx_line *l, struct pbx_line *to)
{
	if (!l->held || !l->span->pri || to->span != l->span)
		return -ENOTCONN;
	if (to->call)
		return -EBUSY;
	return said(l->span, pri_retrieve(l->span->pri, l->held, (int)to->slot));
}

int span_service(struct pbx_line *l, bool in)
{
	struct pbx_span *s = l->span;

	if (!s->pri || !s->up)
		return -ENOTCONN;
	return said(s, pri_maintenance_service(s->pri, 0, (int)l->slot, in ? 0 : 2));
}

int span_join(struct pbx_line *l, struct pbx_line *other)
{
	if (!l->held || !other->call || !l->span->pri)
		return -ENOTCONN;
	return said(l->span, pri_channel_bridge(l->held, other->call));
}
