/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * One subscription to a mailbox's message-summary (RFC 3842, RFC 6665).
 *
 *            start          registered, an address is known, the wait is over
 *  STOPPED ---------> WAITING ---------------------> SUBSCRIBING
 *     ^                ^  ^  ^                        |   |   |
 *     |                |  |  +------- refused --------+   |   | 2xx
 *     |                |  |                         NOTIFY|   v
 *     |                |  +-- no NOTIFY came -------------|- ACCEPTED
 *     |                |                                  |   | NOTIFY
 *     |                |  NOTIFY: terminated              v   v
 *     |                +--------------------------------- SUBSCRIBED
 *     |                |                            time |    ^ 2xx
 *     |                |                                 v    |
 *     |                +---------- refused ------------ REFRESHING
 *     |                                 481: SUBSCRIBING <--+
 *     |      stop, where there is a dialog
 *  UNSUBSCRIBING <---- ACCEPTED, SUBSCRIBED, REFRESHING
 *
 * From all where the server says that it will never be granted: REFUSED, until
 * the configuration is read again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sip/again.h"
#include "sip/subscription.h"

#define ANSWER_MS 6000		/* where there is no other target */
#define FIRST_NOTIFY_MS 32000	/* timer N, RFC 6665 section 4.1.2.4 */
#define LAST_NOTIFY_MS 300	/* after the answer to the last SUBSCRIBE */
#define UNSUBSCRIBE_MS 1500
#define RETRY_LEAST_S 4		/* doubled with each try that fails */
#define RETRY_MOST_S 600
#define REFUSED_LEAST_S 30	/* after a wrong user or secret */
#define REFUSED_MOST_S 900
#define BRIEF_MS 30000		/* one that ends sooner is as one refused */

enum subscription_event { EVENT_START, EVENT_READY, EVENT_RENEW, EVENT_GRANTED,
			  EVENT_REFUSED, EVENT_NOTIFIED, EVENT_STOP, EVENTS };

static const char *const event_names[EVENTS] = {
	"start", "ready", "renew", "granted", "refused", "notified", "stop"
};

struct refusal {
	int status;		/* 0: no answer */
	unsigned retry_after;
};

struct told {
	enum notice notice;
	unsigned s;
};

static void resting_event(void *, int, const void *);
static void waiting_event(void *, int, const void *);
static void asked_event(void *, int, const void *);
static void unsubscribing_event(void *, int, const void *);
static void enter_idle(void *);
static void enter_stopped(void *);
static void enter_subscribing(void *);
static void enter_refreshing(void *);
static void enter_unsubscribing(void *);
static uint64_t wait_ms(void *);
static uint64_t answer_ms(void *);
static uint64_t notify_ms(void *);
static uint64_t refresh_ms(void *);
static uint64_t unsubscribe_ms(void *);

#define ASKED (BIT(EVENT_READY) | BIT(EVENT_RENEW) | BIT(EVENT_GRANTED) | \
	       BIT(EVENT_REFUSED) | BIT(EVENT_NOTIFIED) | BIT(EVENT_STOP))
#define ENDS (BIT(SUBSCRIPTION_WAITING) | BIT(SUBSCRIPTION_REFUSED) | \
	      BIT(SUBSCRIPTION_SUBSCRIBING))

static const struct fsm_state states[SUBSCRIPTION_STATES] = {
	[SUBSCRIPTION_STOPPED] = {
		.name = "stopped",
		.accepts = BIT(EVENT_START),
		.next = BIT(SUBSCRIPTION_WAITING),
		.enter = enter_stopped, .event = resting_event,
	},
	[SUBSCRIPTION_WAITING] = {
		.name = "waiting",
		.accepts = BIT(EVENT_READY) | BIT(EVENT_RENEW) | BIT(EVENT_STOP),
		.next = BIT(SUBSCRIPTION_SUBSCRIBING) | BIT(SUBSCRIPTION_WAITING) |
			BIT(SUBSCRIPTION_STOPPED),
		.timeout = wait_ms, .enter = enter_idle, .event = waiting_event,
	},
	[SUBSCRIPTION_SUBSCRIBING] = {
		.name = "subscribing",
		.accepts = ASKED,
		.next = BIT(SUBSCRIPTION_ACCEPTED) | BIT(SUBSCRIPTION_SUBSCRIBED) |
			BIT(SUBSCRIPTION_STOPPED) | ENDS,
		.timeout = answer_ms, .enter = enter_subscribing,
		.event = asked_event,
	},
	[SUBSCRIPTION_ACCEPTED] = {
		.name = "accepted",
		.accepts = BIT(EVENT_READY) | BIT(EVENT_RENEW) |
			BIT(EVENT_NOTIFIED) | BIT(EVENT_STOP),
		.next = BIT(SUBSCRIPTION_SUBSCRIBED) | BIT(SUBSCRIPTION_REFRESHING) |
			BIT(SUBSCRIPTION_UNSUBSCRIBING) | ENDS,
		.timeout = notify_ms, .event = asked_event,
	},
	[SUBSCRIPTION_SUBSCRIBED] = {
		.name = "subscribed",
		/* The NOTIFY may be faster than the answer. */
		.accepts = ASKED,
		.next = BIT(SUBSCRIPTION_SUBSCRIBED) | BIT(SUBSCRIPTION_REFRESHING) |
			BIT(SUBSCRIPTION_UNSUBSCRIBING) | ENDS,
		.timeout = refresh_ms, .event = asked_event,
	},
	[SUBSCRIPTION_REFRESHING] = {
		.name = "refreshing",
		.accepts = ASKED,
		.next = BIT(SUBSCRIPTION_SUBSCRIBED) |
			BIT(SUBSCRIPTION_UNSUBSCRIBING) | ENDS,
		.timeout = answer_ms, .enter = enter_refreshing,
		.event = asked_event,
	},
	[SUBSCRIPTION_REFUSED] = {
		.name = "refused",
		.accepts = BIT(EVENT_START) | BIT(EVENT_READY) | BIT(EVENT_RENEW) |
			BIT(EVENT_STOP),
		.next = BIT(SUBSCRIPTION_WAITING) | BIT(SUBSCRIPTION_STOPPED),
		.enter = enter_idle, .event = resting_event,
	},
	[SUBSCRIPTION_UNSUBSCRIBING] = {
		.name = "unsubscribing",
		.accepts = ASKED,
		.next = BIT(SUBSCRIPTION_STOPPED),
		.timeout = unsubscribe_ms, .enter = enter_unsubscribing,
		.event = unsubscribing_event,
	},
};

static const struct fsm_type type = {
	.name = "subscription", .states = states, .events = event_names,
	.state_count = SUBSCRIPTION_STATES, .event_count = EVENTS,
};

/* -------------------------------------------------------------------- times */

static uint64_t now(const struct subscription *s)
{
	return agent_timers(s->provider->agent)->now_ms;
}

/* RFC 3842 section 3.1: a server may want to know who asks; a trunk that
 * registers is known when it has. */
static bool can_ask(const struct subscription *s)
{
	const struct account *a = s->account;

	return provider_registrar(s->provider, a) &&
	       (!a->registers || account_registered(a));
}

static uint64_t wait_ms(void *self)
{
	const struct subscription *s = self;
	bool secret = s->refused == 401 || s->refused == 407;

	if (!can_ask(s))
		return 0;
	if (!s->tries)
		return 1 + arc4random_uniform(50);
	return again_ms(s->tries, secret ? REFUSED_LEAST_S : RETRY_LEAST_S,
			secret ? REFUSED_MOST_S : RETRY_MOST_S, s->retry_after_s);
}

static uint64_t answer_ms(void *self)
{
	const struct subscription *s = self;

	return s->provider->targets < 2 ? ANSWER_MS :
	       s->provider->agent->conf->timers[TIMER_NO_RESPONSE];
}

static uint64_t left_ms(const struct subscription *s)
{
	return s->good_until > now(s) ? s->good_until - now(s) : 1;
}

static uint64_t notify_ms(void *self)
{
	uint64_t left = left_ms(self);

	return left < FIRST_NOTIFY_MS ? left : FIRST_NOTIFY_MS;
}

static uint64_t refresh_ms(void *self)
{
	uint64_t ms = again_refresh(left_ms(self));

	return ms ? ms : 1;
}

static uint64_t unsubscribe_ms(void *self)
{
	(void)self;
	return UNSUBSCRIBE_MS;
}

/* ------------------------------------------------------------- how it ends */

/* What no later try would change, and what cures it. */
static const char *cure(int status)
{
	switch (status) {
	case 403:
		return "the provider must allow it";
	case 404:
	case 604:
		return "no such mailbox there; set the line's mailbox";
	case 405:
	case 489:
	case 501:
		return "the server tells of no messages so; set voicemail = \"notify\"";
	default:
		return NULL;
	}
}

static void give_up(struct subscription *s, const char *why)
{
	log_warning("%s: not subscribed: %s (%s); given up until the configuration "
		    "is loaded again", s->name, s->error, why);
	fsm_go(&s->fsm, SUBSCRIPTION_REFUSED);
}

/* Another server may do better: at once, while there is one. */
static bool go_elsewhere(struct subscription *s, const struct refusal *r)
{
	const struct sockaddr_storage failed = s->target, *next;

	provider_target_failed(s->provider, &s->target, r->retry_after ?
			       r->retry_after : r->status == 503 ? AVOID_503_S :
			       AVOID_SILENT_S);
	next = provider_registrar(s->provider, s->account);
	if (!next || !memcmp(next, &failed, sizeof(failed)) || !can_ask(s) ||
	    ++s->round >= s->provider->targets)
		return false;
	fsm_go(&s->fsm, SUBSCRIPTION_SUBSCRIBING);
	return true;
}

/* A server that ends each one at once is not asked without end. */
static bool was_long(const struct subscription *s)
{
	return s->since && now(s) - s->since >= BRIEF_MS;
}

static void failed(struct subscription *s, const struct refusal *r)
{
	bool serves = r->status && r->status != 408 && r->status != 503;

	if (cure(r->status)) {
		give_up(s, cure(r->status));
		return;
	}
	/* RFC 6665 section 4.1.2.2: it is gone, nothing else is wrong. */
	if (r->status == 481 && s->fsm.state == SUBSCRIPTION_REFRESHING) {
		log_info("%s: the server has lost the subscription", s->name);
		fsm_go(&s->fsm, SUBSCRIPTION_SUBSCRIBING);
		return;
	}
	if (was_long(s))
		s->tries = 0;
	if (!s->tries++ || s->tries % 16 == 0)
		log_warning("%s: not subscribed: %s", s->name, s->error);
	s->retry_after_s = r->retry_after < AGAIN_MOST_S ? r->retry_after :
							   AGAIN_MOST_S;
	s->refused = r->status;
	if (!serves && go_elsewhere(s, r))
		return;
	s->tries -= s->round;
	s->round = 0;
	fsm_go(&s->fsm, SUBSCRIPTION_WAITING);
}

static void unanswered(struct subscription *s)
{
	const struct refusal silent = { 408, 0 };
	char text[ADDRESS_TEXT];

	address_text(text, (struct sockaddr *)&s->target);
	snprintf(s->error, sizeof(s->error), "%s does not answer", text);
	failed(s, &silent);
}

/* By the server's NOTIFY. */
static void ended(struct subscription *s, const struct told *t)
{
	snprintf(s->error, sizeof(s->error), "the server ended the subscription");
	if (t->notice == NOTICE_NEVER) {
		give_up(s, "the provider must allow it");
		return;
	}
	log_info("%s: %s", s->name, s->error);
	if (was_long(s))
		s->tries = t->notice == NOTICE_LATER;
	else
		s->tries++;
	s->refused = 500;	/* it is there */
	s->retry_after_s = t->s < AGAIN_MOST_S ? t->s : AGAIN_MOST_S;
	fsm_go(&s->fsm, SUBSCRIPTION_WAITING);
}

/* -------------------------------------------------------------------- machine */

/* Stopped or refused. */
static void resting_event(void *self, int event, const void *data)
{
	struct subscription *s = self;

	(void)data;
	if (event == EVENT_READY)
		return;
	s->tries = s->round = s->retry_after_s = 0;
	fsm_go(&s->fsm, event == EVENT_STOP ? SUBSCRIPTION_STOPPED :
					      SUBSCRIPTION_WAITING);
}

static void enter_idle(void *self)
{
	struct subscription *s = self;

	subscribe_drop(s);
	s->since = 0;
}

static void enter_stopped(void *self)
{
	struct subscription *s = self;

	enter_idle(s);
	agent_settle(s->provider->agent);
}

static void waiting_event(void *self, int event, const void *data)
{
	struct subscription *s = self;

	(void)data;
	if (event == EVENT_STOP)
		fsm_go(&s->fsm, SUBSCRIPTION_STOPPED);
	else if (event == EVENT_READY && (timer_runs(&s->fsm.timer) || !can_ask(s)))
		;	/* its time will come */
	else if (event == FSM_TIMEOUT && can_ask(s))
		fsm_go(&s->fsm, SUBSCRIPTION_SUBSCRIBING);
	else
		fsm_go(&s->fsm, SUBSCRIPTION_WAITING);
}

/* In a new dialog. */
static void enter_subscribing(void *self)
{
	struct subscription *s = self;

	enter_idle(s);
	subscribe_send(s, s->ask_s);
}

static void enter_refreshing(void *self)
{
	struct subscription *s = self;

	subscribe_send(s, s->ask_s);
}

static void enter_unsubscribing(void *self)
{
	subscribe_send(self, 0);
}

static void lasts(struct subscription *s, unsigned seconds)
{
	if (!s->since)
		s->since = now(s);
	s->good_until = now(s) + seconds * 1000ull;
}

static void confirmed(struct subscription *s)
{
	if (s->fsm.state == SUBSCRIPTION_SUBSCRIBING ||
	    s->fsm.state == SUBSCRIPTION_ACCEPTED)
		log_info("%s: subscribed for %u s", s->name,
			 (unsigned)((left_ms(s) + 999) / 1000));
	s->round = 0;
	s->error[0] = '\0';
	fsm_go(&s->fsm, SUBSCRIPTION_SUBSCRIBED);
}

static void granted(struct subscription *s, unsigned seconds)
{
	const struct refusal r = { 500, 0 };

	if (!seconds) {
		snprintf(s->error, sizeof(s->error), "the server granted no time");
		failed(s, &r);
		return;
	}
	lasts(s, seconds);
	if (s->fsm.state == SUBSCRIPTION_SUBSCRIBING)
		fsm_go(&s->fsm, SUBSCRIPTION_ACCEPTED);
	else
		confirmed(s);
}

/* It may end sooner than was granted, never later (section 4.1.2.1). */
static bool shorter(struct subscription *s, unsigned seconds)
{
	if (!seconds || now(s) + seconds * 1000ull >= s->good_until)
		return false;
	s->good_until = now(s) + seconds * 1000ull;
	return true;
}

static void notified(struct subscription *s, const struct told *t)
{
	bool soon;

	if (t->notice != NOTICE_LIVES) {
		ended(s, t);
		return;
	}
	if (s->fsm.state == SUBSCRIPTION_SUBSCRIBING)
		lasts(s, t->s ? t->s : s->ask_s);
	soon = shorter(s, t->s);
	if (s->fsm.state == SUBSCRIPTION_SUBSCRIBED && soon)
		fsm_timer(&s->fsm, refresh_ms(s));
	else if (s->fsm.state == SUBSCRIPTION_SUBSCRIBING ||
		 s->fsm.state == SUBSCRIPTION_ACCEPTED)
		confirmed(s);
}

/* Its server is silent or none of this trunk any more, and there is another. */
static bool pointless(const struct subscription *s)
{
	const struct sockaddr_storage *next = provider_registrar(s->provider,
								 s->account);

	return next && memcmp(next, &s->target, sizeof(*next)) && can_ask(s) &&
	       provider_lost(s->provider, &s->target);
}

static void out_of_time(struct subscription *s)
{
	const struct refusal r = { 500, 0 };

	switch (s->fsm.state) {
	case SUBSCRIPTION_SUBSCRIBED:
		fsm_go(&s->fsm, SUBSCRIPTION_REFRESHING);
		return;
	case SUBSCRIPTION_ACCEPTED:
		snprintf(s->error, sizeof(s->error),
			 "the server granted it and sent no NOTIFY");
		failed(s, &r);
		return;
	default:
		unanswered(s);
		return;
	}
}

/* Asked for, or there. */
static void asked_event(void *self, int event, const void *data)
{
	struct subscription *s = self;
	bool asking = s->fsm.state == SUBSCRIPTION_SUBSCRIBING ||
		      s->fsm.state == SUBSCRIPTION_REFRESHING;

	switch (event) {
	case EVENT_GRANTED:
		granted(s, *(const unsigned *)data);
		return;
	case EVENT_REFUSED:
		failed(s, data);
		return;
	case EVENT_NOTIFIED:
		notified(s, data);
		return;
	case FSM_TIMEOUT:
		out_of_time(s);
		return;
	case EVENT_READY:
		if (pointless(s))
			unanswered(s);
		return;
	case EVENT_RENEW:	/* what is on its way tells the old address */
		fsm_go(&s->fsm, asking ? SUBSCRIPTION_SUBSCRIBING :
					 SUBSCRIPTION_REFRESHING);
		return;
	case EVENT_STOP:
		fsm_go(&s->fsm, s->fsm.state == SUBSCRIPTION_SUBSCRIBING ?
		       SUBSCRIPTION_STOPPED : SUBSCRIPTION_UNSUBSCRIBING);
		return;
	}
}

static void unsubscribing_event(void *self, int event, const void *data)
{
	struct subscription *s = self;
	const struct told *t = data;

	if (event == EVENT_GRANTED)	/* its last NOTIFY is on its way */
		fsm_timer(&s->fsm, LAST_NOTIFY_MS);
	else if (event == FSM_TIMEOUT || event == EVENT_REFUSED ||
		 (event == EVENT_NOTIFIED && t->notice != NOTICE_LIVES))
		fsm_go(&s->fsm, SUBSCRIPTION_STOPPED);
}

/* -------------------------------------------------------------- from outside */

void subscription_init(struct subscription *s)
{
	struct provider *p = s->provider;

	s->owner.happened = subscribe_happened;
	fsm_init(&s->fsm, &type, s->name, s, &p->agent->queue,
		 agent_timers(p->agent), SUBSCRIPTION_STOPPED);
}

void subscription_fini(struct subscription *s)
{
	fsm_fini(&s->fsm);
	subscribe_drop(s);
}

void subscription_start(struct subscription *s)
{
	if (s->fsm.state == SUBSCRIPTION_STOPPED ||
	    s->fsm.state == SUBSCRIPTION_REFUSED)
		fsm_post(&s->fsm, EVENT_START, NULL, 0);
}

static void post(struct subscription *s, enum subscription_event event)
{
	if (s->fsm.state != SUBSCRIPTION_STOPPED)
		fsm_post(&s->fsm, event, NULL, 0);
}

void subscription_stop(struct subscription *s)
{
	post(s, EVENT_STOP);
}

void subscription_ready(struct subscription *s)
{
	post(s, EVENT_READY);
}

void subscription_renew(struct subscription *s)
{
	post(s, EVENT_RENEW);
}

void subscription_server_back(struct subscription *s)
{
	bool silent = !s->refused || s->refused == 408;

	if (s->fsm.state == SUBSCRIPTION_WAITING && s->tries && silent &&
	    !s->retry_after_s && can_ask(s))
		fsm_timer(&s->fsm, 100 + arc4random_uniform(1000));
}

void subscription_granted(struct subscription *s, unsigned seconds)
{
	fsm_post(&s->fsm, EVENT_GRANTED, &seconds, sizeof(seconds));
}

void subscription_refused(struct subscription *s, int status, unsigned retry_after)
{
	const struct refusal r = { status, retry_after };

	fsm_post(&s->fsm, EVENT_REFUSED, &r, sizeof(r));
}

void subscription_notified(struct subscription *s, enum notice notice,
			   unsigned seconds)
{
	const struct told t = { notice, seconds };

	fsm_post(&s->fsm, EVENT_NOTIFIED, &t, sizeof(t));
}

void subscription_unreachable(struct subscription *s, const char *why)
{
	if (s->fsm.state != SUBSCRIPTION_SUBSCRIBING &&
	    s->fsm.state != SUBSCRIPTION_REFRESHING)
		return;
	snprintf(s->error, sizeof(s->error), "%s", why);
	subscription_refused(s, 408, 0);
}
