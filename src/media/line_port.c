/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The port of a line: what is asked of it and what it reports. */
#include <errno.h>
#include <string.h>

#include "media/line_end.h"

#define EVENTS_A_TURN 32	/* of one port; the rest waits for the next */
#define CALLERID_WAIT 500	/* ms after the burst: GR-30 asks for 300 or more */
#define CALLERID_PAUSE 1800	/* ms: a full message with its wait */
#define ON_HOOK_SEND_MS 4000
#define REVERSAL_WAIT 200	/* ms */
#define ANSWERED_WAIT 300	/* ms */
#define MESSAGES_WAIT 100	/* ms */
#define RING_WAIT 2000		/* samples */
#define PULSE_WAIT 4000		/* samples of a 'w' */

/* -------------------------------------------------------------------- state */

enum { SHIFT_ALARM = 8, SHIFT_KIND = 12, SHIFT_SIGNALLING = 16,
       SHIFT_FORMAT = 20, SHIFT_CAPABILITIES = 32 };

uint64_t line_pack(const struct port_state *s)
{
	return (uint64_t)s->off_hook | (uint64_t)s->ringing << 1 |
	       (uint64_t)s->battery << 2 | (uint64_t)s->reversed << 3 |
	       (uint64_t)s->alarm << SHIFT_ALARM |
	       (uint64_t)s->kind << SHIFT_KIND |
	       (uint64_t)s->signalling << SHIFT_SIGNALLING |
	       (uint64_t)s->format << SHIFT_FORMAT |
	       (uint64_t)s->capabilities << SHIFT_CAPABILITIES;
}

void line_unpack(uint64_t v, struct port_state *s)
{
	*s = (struct port_state) {
		.off_hook = v & 1, .ringing = v & 2,
		.battery = v & 4, .reversed = v & 8,
		.alarm = v >> SHIFT_ALARM & 15,
		.kind = v >> SHIFT_KIND & 15,
		.signalling = v >> SHIFT_SIGNALLING & 15,
		.format = v >> SHIFT_FORMAT & 15,
		.capabilities = (unsigned)(v >> SHIFT_CAPABILITIES),
	};
}

void line_port_state(struct line_end *l)
{
	struct port_state s = { 0 };

	if (l->gone || l->driver->state(l->port, &s))
		line_unpack(stat_get(l->snapshot), &s);
	if (l->gone)
		s.alarm = ALARM_REMOVED;
	else if (l->silent)
		s.alarm = ALARM_SILENT;
	l->format = s.format;
	stat_set(l->snapshot, line_pack(&s));
}

/* ------------------------------------------------------------------- events */

static void tell(struct line_end *l, const struct line_event *le)
{
	struct media_event ev = { .type = MEDIA_LINE, .line = *le };

	ev.sample = l->end.samples;
	end_emit(&l->end, &ev);
}

void line_port_alarm(struct line_end *l, enum line_event_type type,
		     enum port_alarm alarm)
{
	struct line_event ev = { .type = type, .value = (int)alarm,
				 .sample = l->end.samples };

	line_port_state(l);
	tell(l, &ev);
}

/* ------------------------------------------------------------------ messages */

static int send_messages(struct line_end *l, unsigned wait)
{
	l->telling = MESSAGES_SENT;
	l->driver->set(l->port, PORT_ON_HOOK_SEND_MS, ON_HOOK_SEND_MS);
	return callerid_send_messages(l->sender, &l->messages.way,
				      l->messages.waiting, wait);
}

/* EN 300 659-1 clause 6.1.2.2: one pulse of ringing of 200 to 300 ms, the data
 * 500 to 800 ms after it. */
static int tell_messages(struct line_end *l, const struct media_messages *m)
{
	static const struct cadence pulse = { .ms = { 250, 500 }, .count = 2, .loop = 2 };
	struct port_state s;
	int err;

	line_unpack(stat_get(l->snapshot), &s);
	if (s.off_hook || s.ringing || callerid_sending(l->sender))
		return -ENOTSUP;
	l->messages = *m;
	if (m->way.alert != ALERT_RING)
		return send_messages(l, MESSAGES_WAIT);
	l->telling = MESSAGES_RINGS;
	err = l->driver->ring(l->port, &pulse);
	if (err)
		l->telling = MESSAGES_NONE;
	return err;
}

static void send_callerid(struct line_end *l)
{
	struct port_state s;

	if (l->telling == MESSAGES_RINGS) {
		l->driver->ring(l->port, NULL);
		send_messages(l, CALLERID_WAIT + 50);
		end_changed(&l->end);
		return;
	}

	if (!l->callerid_due)
		return;
	if (l->callerid_bursts) {
		l->callerid_bursts--;
		return;
	}
	l->callerid_due = false;
	line_unpack(stat_get(l->snapshot), &s);
	if (!(s.capabilities & PORT_ON_HOOK_SEND) || s.off_hook)
		return;
	l->driver->set(l->port, PORT_ON_HOOK_SEND_MS, ON_HOOK_SEND_MS);
	if (!callerid_send(l->sender, &l->call.way, &l->call.from,
			   l->call.when, CALLERID_WAIT))
		end_changed(&l->end);
}

void line_port_pulse(struct line_end *l)
{
	char part[PARTY_NUMBER_SIZE];
	size_t n = strcspn(l->pulses, "wW");

	if (n) {
		memcpy(part, l->pulses, n);
		part[n] = 0;
		memmove(l->pulses, l->pulses + n, strlen(l->pulses + n) + 1);
		/* LINE_EVENT_DIALLED goes on from here. */
		if (l->driver->pulse && !l->driver->pulse(l->port, part))
			return;
		l->pulses[0] = 0;
	}
	if (l->pulses[0]) {
		memmove(l->pulses, l->pulses + 1, strlen(l->pulses));
		l->pulse_wait = PULSE_WAIT;
		end_changed(&l->end);
		return;
	}
	end_dialled(&l->end);
}

/* What an event means to this room, before signalling hears of it. */
static void event(struct line_end *l, const struct line_event *ev)
{
	switch (ev->type) {
	case LINE_EVENT_PULSE_DIGIT:
		end_emit_digit(&l->end, (char)ev->value, DIGIT_PULSE, 0);
		return;
	case LINE_EVENT_DIALLED:
		line_port_pulse(l);
		return;
	case LINE_EVENT_BURST_END:
		send_callerid(l);
		break;
	case LINE_EVENT_OFF_HOOK:
		l->callerid_due = l->callerid_first = false;
		l->callerid_answered = false;
		l->telling = MESSAGES_NONE;
		l->ring_wait = 0;
		callerid_stop(l->sender);
		end_changed(&l->end);
		break;
	case LINE_EVENT_ALARM_CLEARED:
		l->gone = false;
		line_port_state(l);
		end_changed(&l->end);
		break;
	case LINE_EVENT_ALARM:
		end_changed(&l->end);
		break;
	case LINE_EVENT_ON_HOOK:
	case LINE_EVENT_FLASH:
		line_waiting_stop(l);
		break;
	default:
		break;
	}
	tell(l, ev);
}

void line_end_events(struct line_end *l)
{
	struct line_event ev;
	bool any = false;

	line_end_clock(l);
	for (int i = 0; i < EVENTS_A_TURN; i++) {
		if (l->driver->next_event(l->port, &ev) <= 0)
			break;
		if (!any)
			line_port_state(l);
		any = true;
		stat_add(l->end.stats.events, 1);
		event(l, &ev);
	}
	if (any)
		line_port_state(l);
}

/* ----------------------------------------------------------------- commands */

/* SIN 227 and EN 300 659-1 clause 6.1: a reversal, tones or nothing wakes the
 * telephone, the data come before the first ring, which follows after 200 ms or
 * more. Receivers of DTMF listen all the time and do without the reversal. */
static int callerid_before_ring(struct line_end *l)
{
	bool reverses = l->call.way.alert == ALERT_POLARITY;
	struct port_state s;

	line_unpack(stat_get(l->snapshot), &s);
	if (!(s.capabilities & PORT_ON_HOOK_SEND))
		return -ENOTSUP;
	if (reverses && !(s.capabilities & PORT_CAN_REVERSE)) {
		if (l->call.way.standard != CALLERID_DTMF)
			return -ENOTSUP;
		reverses = false;
	}
	if (reverses)
		l->driver->polarity(l->port, true);
	l->driver->set(l->port, PORT_ON_HOOK_SEND_MS, ON_HOOK_SEND_MS);
	l->callerid_first = true;
	return callerid_send(l->sender, &l->call.way, &l->call.from,
			     l->call.when, REVERSAL_WAIT);
}

void line_port_called(struct line_end *l)
{
	struct media_event sent = { .type = MEDIA_CALLERID_SENT,
				    .sample = l->end.samples };

	end_changed(&l->end);
	if (l->telling == MESSAGES_SENT)
		end_emit_type(&l->end, MEDIA_MESSAGES_SENT);
	l->telling = MESSAGES_NONE;
	if (l->callerid_answered)
		end_emit(&l->end, &sent);
	l->callerid_answered = false;
	if (!l->callerid_first)
		return;
	l->callerid_first = false;
	if (l->driver->polarity)
		l->driver->polarity(l->port, false);
	l->ring_wait = RING_WAIT;
}

void line_port_ring(struct line_end *l)
{
	l->driver->ring(l->port, &l->call.cadence);
	line_port_state(l);
	end_changed(&l->end);
}

static unsigned bursts_before(const struct cadence *c)
{
	unsigned longest = 1;

	for (unsigned i = 1; i < c->count; i += 2) {
		if (c->ms[i] >= CALLERID_PAUSE)
			return i / 2;
		if (c->ms[i] > c->ms[longest])
			longest = i;
	}
	return longest / 2;
}

static int ring(struct line_end *l, const struct media_ring *r)
{
	callerid_stop(l->sender);
	l->telling = MESSAGES_NONE;
	l->callerid_due = false;
	l->ring_wait = 0;
	if (l->callerid_first && l->driver->polarity)
		l->driver->polarity(l->port, false);
	l->callerid_first = false;
	if (!r->cadence.count)
		return l->driver->ring(l->port, NULL);
	l->call = *r;
	if (r->way.standard != CALLERID_NONE && r->way.alert > ALERT_RING &&
	    !callerid_before_ring(l))
		return 0;
	/* What cannot be announced comes in the first pause with room for it. */
	l->callerid_bursts = bursts_before(&r->cadence);
	l->callerid_due = r->way.standard != CALLERID_NONE;
	return l->driver->ring(l->port, &r->cadence);
}

void line_port_command(struct line_end *l, const struct command *c)
{
	const struct line_driver *d = l->driver;
	struct line_event resync = { .type = LINE_EVENT_RESYNC };
	int err = -ENOTSUP;

	switch (c->type) {
	case COMMAND_HOOK:
		err = d->hook ? d->hook(l->port, c->value) : err;
		break;
	case COMMAND_RING:
		err = d->ring ? ring(l, &c->ring) : err;
		break;
	case COMMAND_CALLERID:
		l->callerid_answered = true;
		err = callerid_send(l->sender, &c->ring.way, &c->ring.from,
				    c->ring.when, ANSWERED_WAIT);
		break;
	case COMMAND_MESSAGES:
		err = tell_messages(l, &c->messages);
		break;
	case COMMAND_WAITING:
		line_waiting_start(l, &c->ring);
		err = 0;
		break;
	case COMMAND_BATTERY:
		err = d->battery ? d->battery(l->port, c->value) : err;
		break;
	case COMMAND_POLARITY:
		err = d->polarity ? d->polarity(l->port, c->value) : err;
		break;
	case COMMAND_FLASH:
	case COMMAND_DIGIT:
		err = d->flash ? d->flash(l->port, c->type == COMMAND_FLASH ?
					  c->value : 0) : err;
		break;
	case COMMAND_SET:
		err = d->set(l->port, (enum port_param)c->param, c->value);
		break;
	default:
		return;
	}
	line_end_clock(l);
	line_port_state(l);
	/* Signalling believes that it happened: make it look. */
	if (err && err != -ENOTSUP)
		tell(l, &resync);
	/* What the driver itself has to tell of it wakes nobody. */
	line_end_events(l);
	end_changed(&l->end);
}

void line_port_quiet(struct line_end *l)
{
	struct port_state s;

	line_unpack(stat_get(l->snapshot), &s);
	if (l->gone)
		return;
	if (s.kind == PORT_FXS && l->driver->ring)
		l->driver->ring(l->port, NULL);
	if (s.kind == PORT_FXS && s.reversed && l->driver->polarity)
		l->driver->polarity(l->port, false);
	if (s.kind == PORT_FXO && l->driver->hook)
		l->driver->hook(l->port, false);
}
