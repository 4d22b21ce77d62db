/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* span.c - a span's life, as span_state.c has it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/limit.h"
#include "isdn/room.h"

enum { RETRY_MS = 5000, EVENTS_A_TURN = 64 };

static void post(struct span *s, enum span_event event)
{
	fsm_post(&s->fsm, event, NULL, 0);
}

static void look_up(struct span *s)
{
	static const char *const words[] = {
		[ALARM_NO_FAR_END] = "nothing is plugged in",
		[ALARM_NO_BATTERY] = "no signal",
		[ALARM_RED] = "red alarm: no signal comes, or no framing; look at the "
			      "cable, at line code and framing, and whether the far "
			      "end is on",
		[ALARM_YELLOW] = "yellow alarm: the far end does not hear us; look at "
				 "the sending pair of the cable, line code and framing",
		[ALARM_BLUE] = "blue alarm: all ones come; what stands between us and "
			       "the far end has lost its signal",
		[ALARM_REMOVED] = "the card is gone",
		[ALARM_SILENT] = "the card gives nothing",
		[ALARM_POWER] = "no power",
	};

	if (s->alarm)
		trunk_set_up(&s->trunk, false, words[s->alarm]);
	else if (s->fsm.state != SPAN_UP)
		trunk_set_up(&s->trunk, false, "the D channel is down: Q.921 gets no "
			     "answer; are role and switch those of the far end?");
	else
		trunk_set_up(&s->trunk, true, NULL);
}

/* ------------------------------------------------------------------- events */

struct isdn_leg *span_leg(struct span *s, const q931_call *call)
{
	struct list_head *n;

	if (!call)
		return NULL;
	list_for_each(n, &s->legs) {
		struct isdn_leg *l = list_entry(n, struct isdn_leg, node);

		if (l->call == call)
			return l;
	}
	return NULL;
}

/* The far end has put a channel, or all of them, back to idle: calls on them are
 * over there. libpri confirms. */
static void on_restart(struct span *s, int number)
{
	struct channel *one = channel_of(s, number);
	struct list_head *n, *next;

	log_info("span %s: the far end restarts %s%.0d", s->name,
		 one ? "B channel " : "all its B channels", one ? one->slot : 0);
	list_for_each_safe(n, next, &s->legs) {
		struct isdn_leg *l = list_entry(n, struct isdn_leg, node);

		/* Those on hold as well, when it is all of them. */
		if (!one || l->channel == one)
			isdn_leg_lost(l, CAUSE_TEMPORARY_FAILURE, true,
				      "the far end restarted the B channel");
	}
	for (unsigned slot = 1; slot < SLOTS; slot++)
		if (!one || one == &s->channel[slot])
			channel_restarted(&s->channel[slot]);
}

static q931_call *call_of(const pri_event *e)
{
	switch (e->e) {
	case PRI_EVENT_RINGING: return e->ringing.call;
	case PRI_EVENT_ANSWER: return e->answer.call;
	case PRI_EVENT_HANGUP:
	case PRI_EVENT_HANGUP_REQ:
	case PRI_EVENT_HANGUP_ACK: return e->hangup.call;
	case PRI_EVENT_PROCEEDING:
	case PRI_EVENT_PROGRESS: return e->proceeding.call;
	case PRI_EVENT_SETUP_ACK: return e->setup_ack.call;
	case PRI_EVENT_INFO_RECEIVED: return e->ring.call;
	case PRI_EVENT_KEYPAD_DIGIT: return e->digit.call;
	case PRI_EVENT_NOTIFY: return e->notify.call;
	case PRI_EVENT_FACILITY: return e->facility.call;
	case PRI_EVENT_HOLD: return e->hold.call;
	case PRI_EVENT_RETRIEVE: return e->retrieve.call;
	default: return NULL;
	}
}

static bool has_link(const struct span *s)
{
	return s->fsm.state == SPAN_UP || s->fsm.state == SPAN_ALARM_LINKED;
}

static void on_event(struct span *s, const pri_event *e)
{
	struct channel *c;
	q931_call *call;

	switch (e->e) {
	case PRI_EVENT_DCHAN_UP:
	case PRI_EVENT_DCHAN_DOWN:
		if (e->e == PRI_EVENT_DCHAN_UP && !has_link(s))
			channels_in_service(s);
		post(s, e->e == PRI_EVENT_DCHAN_UP || s->link->watch.up ? SPAN_LINKS :
		     SPAN_UNLINKS);
		look_up(s);
		return;
	case PRI_EVENT_RESTART:
		on_restart(s, e->restart.channel);
		return;
	case PRI_EVENT_RESTART_ACK:
		c = channel_of(s, e->restartack.channel);
		if (c)
			channel_restarted(c);
		return;
	case PRI_EVENT_SERVICE:
		c = channel_of(s, e->service.channel);
		if (c)
			channel_service(c, e->service.changestatus);
		return;
	case PRI_EVENT_CONFIG_ERR:
		log_warning("span %s: %s", s->name, e->err.err);
		return;
	case PRI_EVENT_RING:
		leg_ring(s, e);
		return;
	default:
		call = call_of(e);
		leg_event(s, span_leg(s, call), e, call);
		return;
	}
}

static void on_timer(void *arg)
{
	struct span *s = arg;
	pri_event *e;

	for (int i = 0; i < EVENTS_A_TURN && (e = link_timeout(s->link)); i++)
		on_event(s, e);
	span_turn(s);
}

void span_turn(struct span *s)
{
	int64_t ms = s->link ? link_wait(s->link) : -1;

	if (ms >= 0)
		timer_start(&s->isdn->options.loop->timers, &s->timer, (uint64_t)ms,
			    on_timer, s);
	else
		timer_stop(&s->timer);
}

/* -------------------------------------------------------- open, alarm, close */

static void span_close(struct span *, const char *why);
static void span_open(void *arg);

static void retry(struct span *s, unsigned ms)
{
	timer_start(&s->isdn->options.loop->timers, &s->retry, ms, span_open, s);
}

/* Q.921 begins when there is a wire: before, it would only wait for its next
 * attempt. */
static void on_alarm(struct span *s, enum port_alarm alarm)
{
	s->alarm = alarm;
	post(s, alarm ? SPAN_ALARMS : SPAN_CLEARS);
	if (!alarm && !s->link) {
		s->link = link_get(s, s->ops, s->d);
		if (!s->link)
			log_error("span %s: out of memory", s->name);
	}
	look_up(s);
}

static void on_ready(void *arg, int fd, short revents)
{
	struct span *s = arg;
	enum port_alarm alarm;
	pri_event *e;

	while (s->ops->next_event(s->d, &alarm) == 1) {
		on_alarm(s, alarm);
		if (alarm == ALARM_REMOVED) {
			span_close(s, "the card is gone");
			retry(s, RETRY_MS);
			return;
		}
	}
	if (!s->link)
		return;
	for (int i = 0; i < EVENTS_A_TURN && (e = link_event(s->link)); i++)
		on_event(s, e);
	span_turn(s);
}

static bool holds_port(const struct span *s)
{
	struct list_head *n;

	list_for_each(n, &s->isdn->spans) {
		const struct span *o = list_entry(n, struct span, node);

		if (o != s && o->d && !strcmp(o->port, s->port))
			return true;
	}
	return false;
}

static int open_dchannel(struct span *s, char *why, size_t size)
{
	struct dchannel_conf c = {
		.directory = s->isdn->conf->sim_directory, .t1 = s->conf->t1,
	};
	const char *address;
	const struct line_driver *driver = s->isdn->options.find(s->port, &address);

	if (!driver || !driver->dchannel) {
		snprintf(why, size, "port %s: this build has no driver for such spans",
			 s->port);
		return -1;
	}
	if (holds_port(s)) {
		snprintf(why, size, "calls of the span as it was configured before still use the port");
		return -1;
	}
	s->ops = driver->dchannel;
	snprintf(c.address, sizeof(c.address), "%s", address + strlen("span/"));
	return s->ops->open(&s->d, &c, why, size) ? -1 : 0;
}

static void span_open(void *arg)
{
	struct span *s = arg;
	enum port_alarm alarm = ALARM_NONE;
	char why[256] = "";

	if (s->d) {
		retry(s, RETRY_MS);
		channels_retry(s);
		on_ready(s, -1, 0);
		return;
	}
	if (open_dchannel(s, why, sizeof(why))) {
		s->d = NULL;
		if (strcmp(s->trunk.why_down, why))
			trunk_set_up(&s->trunk, false, why);
		retry(s, RETRY_MS / 5);
		return;
	}
	post(s, SPAN_OPENS);
	s->ops->shape(s->d, &s->shape);
	channels_open(s);
	s->watch = loop_watch(s->isdn->options.loop, s->ops->fd(s->d),
			      POLLIN | POLLPRI, on_ready, s);
	if (!s->watch)
		log_error("span %s: its D channel cannot be waited for", s->name);
	s->ops->next_event(s->d, &alarm);
	on_alarm(s, alarm);
	span_turn(s);
	retry(s, RETRY_MS);
}

static void span_close(struct span *s, const char *why)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &s->legs) {
		struct isdn_leg *l = list_entry(n, struct isdn_leg, node);

		if (l->state != LEG_CLEARING)
			isdn_leg_lost(l, CAUSE_NETWORK_OUT_OF_ORDER, false, why);
		isdn_leg_free(l);
	}
	timer_stop(&s->timer);
	timer_stop(&s->retry);
	loop_unwatch(s->isdn->options.loop, s->watch);
	s->watch = NULL;
	channels_close(s);
	link_put(s->link);
	s->link = NULL;
	if (s->d)
		s->ops->close(s->d);
	s->d = NULL;
	if (s->fsm.state != SPAN_CLOSED)
		post(s, SPAN_CLOSES);
}

/* ------------------------------------------------------------- as the room's */

static const struct trunk_ops span_trunk_ops = {
	.leg_new = isdn_leg_new, .busy_out = channel_busy_out,
};

/* A configuration may be gone before a span that drains. What is not copied is
 * asked for by name, of the one in force. */
static void keep_conf(struct span *s, const struct config_span *c)
{
	s->own = *c;
	s->own.trunk.name = s->name;
	s->conf = &s->own;
	s->trunk.conf = &s->own.trunk;
}

struct span *span_new(struct isdn *isdn, const struct config_span *conf)
{
	struct span *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->isdn = isdn;
	list_init(&s->legs);
	snprintf(s->name, sizeof(s->name), "%s", conf->trunk.name);
	snprintf(s->port, sizeof(s->port), "%s", conf->port);
	fsm_init(&s->fsm, &span_type, s->name, &s->fsm, &isdn->queue,
		 &isdn->options.loop->timers, SPAN_CLOSED);
	s->trunk.name = s->name;
	s->trunk.ops = &span_trunk_ops;
	s->alarm = ALARM_NO_FAR_END;
	snprintf(s->trunk.why_down, sizeof(s->trunk.why_down), "it is being opened");
	keep_conf(s, conf);
	list_add_before(&isdn->spans, &s->node);
	box_trunk_add(isdn->options.box, &s->trunk);
	span_open(s);
	return s;
}

bool span_same(const struct span *s, const struct config_span *c)
{
	return !strcmp(s->port, c->port) && s->conf->role == c->role &&
	       s->conf->type == c->type && s->conf->t1 == c->t1 &&
	       s->conf->echo_ms == c->echo_ms && s->conf->overlap == c->overlap;
}

void span_reconf(struct span *s, const struct config_span *c)
{
	keep_conf(s, c);
	limit_configure(&s->trunk.limit, &c->trunk.limit);
	if (s->link)
		link_configure(s->link);
}

static void on_drained(void *arg)
{
	span_free(arg);
}

void span_drain(struct span *s)
{
	s->trunk.draining = true;
	span_leg_gone(s);
}

void span_leg_gone(struct span *s)
{
	if (s->trunk.draining && list_empty(&s->legs))
		timer_start(&s->isdn->options.loop->timers, &s->retry, 0, on_drained, s);
}

void span_free(struct span *s)
{
	if (!s)
		return;
	span_close(s, "the span is closed");
	box_trunk_remove(s->isdn->options.box, &s->trunk);
	list_remove(&s->node);
	fsm_fini(&s->fsm);
	free(s);
}

struct e164_plan span_plan(const struct span *s)
{
	const struct country *c = &s->isdn->conf->country;

	return (struct e164_plan){ c->country_code, c->national_prefix,
				   c->international_prefix };
}

enum number_type span_number_type(const struct span *s)
{
	static const enum number_type types[] = {
		[NUMBERING_AUTO] = TYPE_BY_NUMBER,
		[NUMBERING_UNKNOWN] = TYPE_UNKNOWN,
		[NUMBERING_INTERNATIONAL] = TYPE_INTERNATIONAL,
	};

	return types[s->conf->numbering];
}
