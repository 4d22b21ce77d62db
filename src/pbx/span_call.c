/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * span_call.c - calls of a span. A B channel's line is "off hook" while it has a
 * call: then it says and hears.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pbx/span_room.h"

static struct pbx_line *line_of(struct pbx_span *s, const q931_call *call)
{
	for (unsigned i = 1; call && i <= DCHANNEL_SLOTS; i++)
		if (s->line[i] && s->line[i]->call == call)
			return s->line[i];
	return NULL;
}

struct pbx_line *span_line_at(struct pbx_span *s, int channel)
{
	int slot = channel & 0xff;

	return channel >= 0 && slot <= DCHANNEL_SLOTS ? s->line[slot] : NULL;
}

void span_begin(struct pbx_line *l, q931_call *call, enum line_state state)
{
	l->call = call;
	l->state = state;
	l->heard = false;
	line_off_hook(l, true);
}

void span_end(struct pbx_line *l)
{
	timer_stop(&l->timer);
	l->call = NULL;
	l->state = LINE_IDLE;
	line_off_hook(l, false);
}

static void cleared(struct pbx_line *l, int cause)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", cause);
	pbx_event(l, EVENT_CLEARED, cause, text, NULL);
}

/* ------------------------------------------------------------------- it calls us */

static void answer(void *arg)
{
	span_say(arg, SPAN_CONNECT);
}

/* Both took the same channel: the network's call has it (Q.931 5.7). Where ours
 * goes the network says. */
static void yield(struct pbx_span *s, struct pbx_line *l)
{
	if (s->role != PRI_CPE || l->state != LINE_PROGRESS || l->heard || s->displaced)
		return;
	s->displaced = l->call;
	s->displaced_from = l;
	span_end(l);
}

static void ring(struct pbx_span *s, const pri_event_ring *e)
{
	struct pbx_line *l = span_line_at(s, e->channel);
	const char *number = e->callingnum, *name = e->callingname;

	if (l && l->call)
		yield(s, l);
	for (unsigned i = 1; (!l || l->call) && e->flexible && i <= DCHANNEL_SLOTS; i++)
		l = s->line[i];
	if (!l || l->call) {
		/* libpri sends no cause for a call it has not answered at all. */
		pri_proceeding(s->pri, e->call, 0, 0);
		pri_hangup(s->pri, e->call, PRI_CAUSE_REQUESTED_CHAN_UNAVAIL);
		return;
	}
	span_begin(l, e->call, LINE_ALERTING);
	if ((e->callingpres & PRI_PRES_RESTRICTION) == PRI_PRES_RESTRICTED)
		number = "private";
	else if (!*number)
		number = "unavailable";
	pbx_event(l, EVENT_SETUP, 0, e->callednum, NULL);
	pbx_event(l, EVENT_CALLER, 0, number, name);
	if (*e->redirectingnum)
		pbx_event(l, EVENT_REDIRECTING, e->redirectingreason, e->redirectingnum,
			  NULL);
	pri_proceeding(s->pri, e->call, (int)l->slot, 0);
	if (l->answer_ms >= 0)
		timer_start(&s->pbx->loop->timers, &l->timer, (uint64_t)l->answer_ms,
			    answer, l);
}

/* ----------------------------------------------------------------- we called it */

/* The gateway may have given the call another B channel. */
static struct pbx_line *follow(struct pbx_span *s, struct pbx_line *l, int channel)
{
	struct pbx_line *to = span_line_at(s, channel);
	q931_call *call = l->call;
	enum line_state state = l->state;

	if (!to || to == l || to->call)
		return l;
	span_end(l);
	span_begin(to, call, state);
	return to;
}

static void sound(struct pbx_line *l, int mask)
{
	if (mask & PRI_PROG_INBAND_AVAILABLE)
		pbx_event(l, EVENT_INBAND, 0, NULL, NULL);
}

static void hangup(struct pbx_span *s, struct pbx_line *l, const pri_event_hangup *e)
{
	int cause = e->cause, what = e->e;
	q931_call *call = e->call;

	if (l && what != PRI_EVENT_HANGUP_ACK && l->state != LINE_CLEARED)
		cleared(l, cause);
	if (call == s->displaced) {
		s->displaced = NULL;
		cleared(s->displaced_from, cause);
	}
	if (what == PRI_EVENT_HANGUP_REQ) {
		if (l)
			l->state = LINE_CLEARED;
		pri_hangup(s->pri, call, cause);
		return;
	}
	if (what == PRI_EVENT_HANGUP)
		pri_hangup(s->pri, call, -1);
	if (l)
		span_end(l);
	else
		span_held_gone(s, call, cause);
}

static void digits(struct pbx_line *l, const char *text)
{
	char copy[64];

	snprintf(copy, sizeof(copy), "%.63s", text);
	for (const char *d = copy; *d; d++)
		line_digit(l, *d);
}

static void reached(struct pbx_line *l, const struct pri_party_id *id)
{
	bool hidden = (id->number.presentation & PRI_PRES_RESTRICTION) ==
		      PRI_PRES_RESTRICTED;

	if (id->number.valid)
		pbx_event(l, EVENT_REACHED, 0, hidden ? "private" : id->number.str, NULL);
	if (id->name.valid)
		pbx_event(l, EVENT_REACHED_NAME, 0, id->name.str, NULL);
}

static void answered(struct pbx_span *s, struct pbx_line *l, const pri_event_answer *e)
{
	l = follow(s, l, e->channel);
	l->state = LINE_TALKING;
	pbx_event(l, EVENT_ANSWERED, 0, NULL, NULL);
	for (int i = 0; e->subcmds && i < e->subcmds->counter_subcmd; i++)
		if (e->subcmds->subcmd[i].cmd == PRI_SUBCMD_CONNECTED_LINE)
			reached(l, &e->subcmds->subcmd[i].u.connected_line.id);
}

static void notified(struct pbx_line *l, int info)
{
	if (info == PRI_NOTIFY_REMOTE_HOLD)
		pbx_event(l, EVENT_HELD, 0, "on", NULL);
	else if (info == PRI_NOTIFY_REMOTE_RETRIEVAL)
		pbx_event(l, EVENT_HELD, 0, "off", NULL);
}

static void told(struct pbx_span *s, struct pbx_line *l, const pri_event *e)
{
	l->heard = true;
	switch (e->e) {
	case PRI_EVENT_SETUP_ACK:
		l = follow(s, l, e->setup_ack.channel);
		pbx_event(l, EVENT_MORE, 0, NULL, NULL);
		break;
	case PRI_EVENT_PROCEEDING:
		l = follow(s, l, e->proceeding.channel);
		pbx_event(l, EVENT_PROCEEDING, 0, NULL, NULL);
		sound(l, e->proceeding.progressmask);
		break;
	case PRI_EVENT_PROGRESS:
		sound(follow(s, l, e->proceeding.channel), e->proceeding.progressmask);
		break;
	case PRI_EVENT_RINGING:
		l = follow(s, l, e->ringing.channel);
		pbx_event(l, EVENT_ALERTING, 0, NULL, NULL);
		sound(l, e->ringing.progressmask);
		break;
	case PRI_EVENT_ANSWER:
		answered(s, l, &e->answer);
		break;
	case PRI_EVENT_INFO_RECEIVED:
		digits(l, e->ring.callednum);
		break;
	case PRI_EVENT_KEYPAD_DIGIT:
		digits(l, e->digit.digits);
		break;
	case PRI_EVENT_NOTIFY:
		notified(l, e->notify.info);
		break;
	case PRI_EVENT_HOLD_ACK:
		span_parked(l, true, 0);
		break;
	case PRI_EVENT_HOLD_REJ:
		span_parked(l, false, e->hold_rej.cause);
		break;
	}
}

static q931_call *call_of(const pri_event *e)
{
	switch (e->e) {
	case PRI_EVENT_RINGING: return e->ringing.call;
	case PRI_EVENT_ANSWER: return e->answer.call;
	case PRI_EVENT_PROCEEDING:
	case PRI_EVENT_PROGRESS: return e->proceeding.call;
	case PRI_EVENT_SETUP_ACK: return e->setup_ack.call;
	case PRI_EVENT_INFO_RECEIVED: return e->ring.call;
	case PRI_EVENT_KEYPAD_DIGIT: return e->digit.call;
	case PRI_EVENT_NOTIFY: return e->notify.call;
	case PRI_EVENT_HOLD_ACK: return e->hold_ack.call;
	case PRI_EVENT_HOLD_REJ: return e->hold_rej.call;
	default: return NULL;
	}
}

static int channel_in(const pri_event *e)
{
	switch (e->e) {
	case PRI_EVENT_SETUP_ACK: return e->setup_ack.channel;
	case PRI_EVENT_PROCEEDING:
	case PRI_EVENT_PROGRESS: return e->proceeding.channel;
	case PRI_EVENT_RINGING: return e->ringing.channel;
	case PRI_EVENT_ANSWER: return e->answer.channel;
	default: return -1;
	}
}

static struct pbx_line *placed(struct pbx_span *s, int channel)
{
	struct pbx_line *l = span_line_at(s, channel);

	if (!l || l->call)
		return NULL;
	span_begin(l, s->displaced, LINE_PROGRESS);
	s->displaced = NULL;
	return l;
}

void span_call_event(struct pbx_span *s, const pri_event *e)
{
	struct pbx_line *l;

	switch (e->e) {
	case PRI_EVENT_RING:
		ring(s, &e->ring);
		return;
	case PRI_EVENT_HANGUP:
	case PRI_EVENT_HANGUP_REQ:
	case PRI_EVENT_HANGUP_ACK:
		hangup(s, line_of(s, e->hangup.call), &e->hangup);
		return;
	case PRI_EVENT_RESTART_ACK:
		l = span_line_at(s, e->restartack.channel);
		if (l)
			pbx_event(l, EVENT_RESTARTED, 0, NULL, NULL);
		return;
	}
	l = line_of(s, call_of(e));
	if (!l && s->displaced && call_of(e) == s->displaced)
		l = placed(s, channel_in(e));
	if (l)
		told(s, l, e);
	else
		span_hold_event(s, e);
}

void span_restarted(struct pbx_span *s, int channel)
{
	struct pbx_line *one = span_line_at(s, channel);

	for (unsigned i = 1; i <= DCHANNEL_SLOTS; i++) {
		struct pbx_line *l = s->line[i];

		if (!l || (one && l != one))
			continue;
		pbx_event(l, EVENT_RESTARTED, 0, NULL, NULL);
		if (!l->call)
			continue;
		pri_hangup(s->pri, l->call, PRI_CAUSE_NORMAL_TEMPORARY_FAILURE);
	}
}

/* ----------------------------------------------------------------- what we say */

static void write_party(struct pri_party_id *id, const struct party *p)
{
	memset(id, 0, sizeof(*id));
	if (*p->number || p->presentation == PRESENTATION_PRIVATE) {
		id->number.valid = 1;
		id->number.presentation = p->presentation == PRESENTATION_PRIVATE ?
			PRI_PRES_RESTRICTED : PRI_PRES_ALLOWED;
		id->number.plan = PRI_UNKNOWN;
		snprintf(id->number.str, sizeof(id->number.str), "%s", p->number);
	}
	if (*p->name) {
		id->name.valid = 1;
		id->name.presentation = id->number.presentation;
		id->name.char_set = PRI_CHAR_SET_ISO8859_1;
		snprintf(id->name.str, sizeof(id->name.str), "%.63s", p->name);
	}
}

int span_call(struct pbx_line *l, const struct span_setup *setup)
{
	struct pbx_span *s = l->span;
	struct pri_party_redirecting r = { .count = 1,
		.reason = PRI_REDIR_FORWARD_ON_BUSY };
	struct pri_party_id from;
	char called[PARTY_NUMBER_SIZE];
	struct pri_sr *sr;
	q931_call *call;
	int err;

	if (l->call)
		return -EBUSY;
	if (!s->pri || !s->up)
		return -ENOTCONN;
	sr = pri_sr_new();
	call = sr ? pri_new_call(s->pri) : NULL;
	if (!call) {
		pri_sr_free(sr);
		return -ENOMEM;
	}
	snprintf(called, sizeof(called), "%s", setup->called);
	pri_sr_set_channel(sr, (int)l->slot, setup->exclusive, 0);
	pri_sr_set_bearer(sr, setup->data ? PRI_TRANS_CAP_DIGITAL : setup->audio ?
			  PRI_TRANS_CAP_3_1K_AUDIO : PRI_TRANS_CAP_SPEECH,
			  s->shape.format == AUDIO_ALAW ? PRI_LAYER_1_ALAW :
			  PRI_LAYER_1_ULAW);
	pri_sr_set_called(sr, called, PRI_UNKNOWN, setup->complete);
	write_party(&from, &setup->from);
	pri_sr_set_caller_party(sr, &from);
	write_party(&r.from, &setup->redirecting);
	if (*setup->redirecting.number)
		pri_sr_set_redirecting_parties(sr, &r);
	err = pri_setup(s->pri, call, sr) ? -EIO : 0;
	pri_sr_free(sr);
	if (err)
		pri_destroycall(s->pri, call);
	else
		span_begin(l, call, LINE_PROGRESS);
	span_turn(s);
	return err;
}

int span_say(struct pbx_line *l, enum span_message what)
{
	struct pbx_span *s = l->span;
	struct pri_party_connected_line as;
	int slot = (int)l->slot;

	if (what == SPAN_RESTART && s->pri && s->up) {
		pri_reset(s->pri, slot);
		span_turn(s);
		return 0;
	}
	if (!l->call || !s->pri)
		return -ENOTCONN;
	switch (what) {
	case SPAN_ALERTING:
		pri_acknowledge(s->pri, l->call, slot, 0);
		break;
	case SPAN_PROGRESS:
		pri_progress(s->pri, l->call, slot, 1);
		break;
	case SPAN_CONNECT:
		timer_stop(&l->timer);
		l->state = LINE_TALKING;
		write_party(&as.id, &l->as);
		if (as.id.number.valid || as.id.name.valid)
			pri_connected_line_update(s->pri, l->call, &as);
		l->as = (struct party){ 0 };
		pri_answer(s->pri, l->call, slot, 0);
		break;
	case SPAN_HOLD:
		pri_notify(s->pri, l->call, slot, PRI_NOTIFY_REMOTE_HOLD);
		break;
	case SPAN_RETRIEVE:
		pri_notify(s->pri, l->call, slot, PRI_NOTIFY_REMOTE_RETRIEVAL);
		break;
	case SPAN_RESTART:
		return -ENOTCONN;
	}
	span_turn(s);
	return 0;
}

int span_digits(struct pbx_line *l, const char *text)
{
	if (!l->call || !l->span->pri)
		return -ENOTCONN;
	for (; *text; text++)
		pri_information(l->span->pri, l->call, *text);
	span_turn(l->span);
	return 0;
}

int span_clear(struct pbx_line *l, int cause)
{
	if (!l->call || !l->span->pri)
		return -ENOTCONN;
	timer_stop(&l->timer);
	l->state = LINE_CLEARED;
	line_say_nothing(l);
	pri_hangup(l->span->pri, l->call, cause);
	/* Without a DISCONNECT libpri tells nothing more of a call that came. */
	if (cause == PRI_CAUSE_CHANNEL_UNACCEPTABLE ||
	    cause == PRI_CAUSE_CALL_AWARDED_DELIVERED ||
	    cause == PRI_CAUSE_NONSELECTED_USER_CLEARING ||
	    cause == PRI_CAUSE_INVALID_CALL_REFERENCE)
		span_end(l);
	span_turn(l->span);
	return 0;
}
