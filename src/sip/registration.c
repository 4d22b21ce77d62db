/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * One address of record at a registrar (RFC 3261 section 10).
 *
 *            start         an address is known, or the wait is over
 *  STOPPED ---------> WAITING ------------------------> REGISTERING
 *     ^                  ^  ^                              |     |
 *     |                  |  +------------- refused --------+     | granted
 *     | answered, or     |                                       v
 *     | out of time      +-- refused -- REFRESHING <-------- REGISTERED
 *     |                                     |   time, or another     ^
 *     |                                     |         target         |
 *     |                  stop               +------- granted --------+
 *  UNREGISTERING <------------- from all but STOPPED with a binding
 *
 * The library's own registrations are not used: what one of them learns would
 * be applied to calls of all trunks. REGISTER goes out as a request like any
 * other; refresh, back-off and unregistration are ours.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sip/again.h"
#include "sip/internal.h"
#include "sip/subscription.h"

#define ANSWER_MS 6000		/* where there is no other target */
#define UNREGISTER_MS 1500
#define RETRY_LEAST_S 4		/* doubled with each try that fails */
#define RETRY_MOST_S 300
#define REFUSED_LEAST_S 30	/* after a wrong user or secret */
#define REFUSED_MOST_S 900

enum account_event { EVENT_START, EVENT_TARGET, EVENT_RENEW, EVENT_GRANTED,
		     EVENT_REFUSED, EVENT_STOP, EVENTS };

static const char *const event_names[EVENTS] = { "start", "target", "renew",
						 "granted", "refused", "stop" };

struct account_refusal {
	int status;		/* 0: no answer */
	unsigned retry_after;
};

static void stopped_event(void *, int, const void *);
static void waiting_event(void *, int, const void *);
static void trying_event(void *, int, const void *);
static void registered_event(void *, int, const void *);
static void unregistering_event(void *, int, const void *);
static void enter_waiting(void *);
static void enter_registering(void *);
static void enter_registered(void *);
static void enter_unregistering(void *);
static void enter_stopped(void *);
static uint64_t wait_ms(void *);
static uint64_t answer_ms(void *);
static uint64_t refresh_ms(void *);
static uint64_t unregister_ms(void *);

static const struct fsm_state states[ACCOUNT_STATES] = {
	[ACCOUNT_STOPPED] = {
		.name = "stopped",
		.accepts = BIT(EVENT_START),
		.next = BIT(ACCOUNT_WAITING),
		.enter = enter_stopped, .event = stopped_event,
	},
	[ACCOUNT_WAITING] = {
		.name = "waiting",
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_RENEW) | BIT(EVENT_STOP),
		.next = BIT(ACCOUNT_REGISTERING) | BIT(ACCOUNT_WAITING) |
			BIT(ACCOUNT_UNREGISTERING) | BIT(ACCOUNT_STOPPED),
		.timeout = wait_ms, .enter = enter_waiting, .event = waiting_event,
	},
	[ACCOUNT_REGISTERING] = {
		.name = "registering",
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_RENEW) |
			BIT(EVENT_GRANTED) | BIT(EVENT_REFUSED) | BIT(EVENT_STOP),
		.next = BIT(ACCOUNT_REGISTERED) | BIT(ACCOUNT_WAITING) |
			BIT(ACCOUNT_REGISTERING) | BIT(ACCOUNT_UNREGISTERING),
		.timeout = answer_ms, .enter = enter_registering,
		.event = trying_event,
	},
	[ACCOUNT_REGISTERED] = {
		.name = "registered",
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_RENEW) | BIT(EVENT_STOP),
		.next = BIT(ACCOUNT_REFRESHING) | BIT(ACCOUNT_UNREGISTERING),
		.timeout = refresh_ms, .enter = enter_registered,
		.event = registered_event,
	},
	[ACCOUNT_REFRESHING] = {
		.name = "refreshing",
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_RENEW) |
			BIT(EVENT_GRANTED) | BIT(EVENT_REFUSED) | BIT(EVENT_STOP),
		.next = BIT(ACCOUNT_REGISTERED) | BIT(ACCOUNT_WAITING) |
			BIT(ACCOUNT_REGISTERING) | BIT(ACCOUNT_UNREGISTERING),
		.timeout = answer_ms, .enter = enter_registering,
		.event = trying_event,
	},
	[ACCOUNT_UNREGISTERING] = {
		.name = "unregistering",
		.accepts = BIT(EVENT_GRANTED) | BIT(EVENT_REFUSED),
		.next = BIT(ACCOUNT_STOPPED),
		.timeout = unregister_ms, .enter = enter_unregistering,
		.event = unregistering_event,
	},
};

static const struct fsm_type type = {
	.name = "registration", .states = states, .events = event_names,
	.state_count = ACCOUNT_STATES, .event_count = EVENTS,
};

/* -------------------------------------------------------------------- times */

static uint64_t now(const struct account *a)
{
	return agent_timers(a->provider->agent)->now_ms;
}

static uint64_t wait_ms(void *self)
{
	struct account *a = self;
	bool refused = a->refused == 401 || a->refused == 403 || a->refused == 407;
	unsigned least = refused ? REFUSED_LEAST_S : RETRY_LEAST_S;
	unsigned most = refused ? REFUSED_MOST_S : RETRY_MOST_S;
	uint64_t ms, left;

	/* Nothing to wait for but an address. */
	if (!provider_registrar(a->provider, a))
		return 0;
	if (!a->tries)
		return 1 + arc4random_uniform(50);
	ms = again_ms(a->tries, least, most, a->retry_after_s);
	/* While the binding holds: in time for another try. */
	if (account_registered(a)) {
		left = a->good_until - now(a);
		if (ms > left && !a->retry_after_s)
			ms = left ? left : 1;
	}
	return ms;
}

static uint64_t answer_ms(void *self)
{
	const struct account *a = self;

	return a->provider->targets < 2 ? ANSWER_MS :
	       a->provider->agent->conf->timers[TIMER_NO_RESPONSE];
}

static uint64_t unregister_ms(void *self)
{
	(void)self;
	return UNREGISTER_MS;
}

static uint64_t refresh_ms(void *self)
{
	const struct account *a = self;

	return again_refresh(a->granted_s * 1000ull);
}

bool account_registered(const struct account *a)
{
	return a->good_until > now(a);
}

/* -------------------------------------------------------------------- machine */

static void stopped_event(void *self, int event, const void *data)
{
	struct account *a = self;

	(void)event;
	(void)data;
	fsm_go(&a->fsm, ACCOUNT_WAITING);
}

static void enter_stopped(void *self)
{
	struct account *a = self;

	a->good_until = 0;
	register_drop(a);
	agent_settle(a->provider->agent);
}

static void stop(struct account *a)
{
	if (account_registered(a) || a->fsm.state == ACCOUNT_REGISTERING) {
		fsm_go(&a->fsm, ACCOUNT_UNREGISTERING);
		return;
	}
	fsm_go(&a->fsm, ACCOUNT_STOPPED);
}

static void enter_waiting(void *self)
{
	struct account *a = self;

	provider_update(a->provider);
}

static void waiting_event(void *self, int event, const void *data)
{
	struct account *a = self;

	(void)data;
	if (event == EVENT_STOP)
		stop(a);
	else if (event == EVENT_TARGET && (timer_runs(&a->fsm.timer) ||
					   !provider_registrar(a->provider, a)))
		;	/* its time will come */
	else
		fsm_go(&a->fsm, ACCOUNT_REGISTERING);
}

static void enter_registering(void *self)
{
	struct account *a = self;
	register_send(a, a->ask_s);
}

/* Another server may do better: at once, while there is one. */
static bool go_elsewhere(struct account *a, const struct account_refusal *r)
{
	const struct sockaddr_storage *next;
	const struct sockaddr_storage failed = a->target;

	provider_target_failed(a->provider, &a->target, r->retry_after ?
			       r->retry_after : r->status == 503 ? AVOID_503_S :
			       AVOID_SILENT_S);
	next = provider_registrar(a->provider, a);
	if (!next || !memcmp(next, &failed, sizeof(failed)) ||
	    ++a->round >= a->provider->targets)
		return false;
	fsm_go(&a->fsm, ACCOUNT_REGISTERING);
	return true;
}

static void failed(struct account *a, const struct account_refusal *r)
{
	bool serves = r->status && r->status != 408 && r->status != 503;

	if (!a->tries++ || a->tries % 16 == 0)
		log_warning("%s: registration failed: %s", a->name, a->error);
	a->retry_after_s = r->retry_after < AGAIN_MOST_S ? r->retry_after :
								      AGAIN_MOST_S;
	a->refused = r->status;
	register_drop(a);
	if (!serves && go_elsewhere(a, r))
		return;
	a->tries -= a->round;
	a->round = 0;
	fsm_go(&a->fsm, ACCOUNT_WAITING);
}

static void granted(struct account *a, unsigned s)
{
	const struct account_refusal silent = { 0, 0 };

	a->granted_s = s;
	if (!s) {
		snprintf(a->error, sizeof(a->error), "the registrar granted no time");
		failed(a, &silent);
		return;
	}
	if (a->tries || !a->good_until)
		log_info("%s: registered for %u s", a->name, s);
	a->good_until = now(a) + s * 1000ull;
	a->tries = a->round = 0;
	a->error[0] = '\0';
	fsm_go(&a->fsm, ACCOUNT_REGISTERED);
}

/* Sent to one who is silent or no server of this trunk any more: not waited
 * for, where there is another. */
static bool pointless(const struct account *a)
{
	const struct sockaddr_storage *next = provider_registrar(a->provider, a);

	return next && memcmp(next, &a->target, sizeof(*next)) &&
	       provider_lost(a->provider, &a->target);
}

static void unanswered(struct account *a)
{
	const struct account_refusal silent = { 408, 0 };
	char text[ADDRESS_TEXT];

	address_text(text, (struct sockaddr *)&a->target);
	snprintf(a->error, sizeof(a->error), "%s does not answer", text);
	failed(a, &silent);
}

static void trying_event(void *self, int event, const void *data)
{
	struct account *a = self;

	switch (event) {
	case EVENT_GRANTED:
		granted(a, *(const unsigned *)data);
		return;
	case EVENT_REFUSED:
		failed(a, data);
		return;
	case FSM_TIMEOUT:
		unanswered(a);
		return;
	case EVENT_TARGET:
		if (pointless(a))
			unanswered(a);
		return;
	case EVENT_RENEW:	/* what is on its way tells the old address */
		register_drop(a);
		fsm_go(&a->fsm, ACCOUNT_REGISTERING);
		return;
	case EVENT_STOP:
		stop(a);
		return;
	}
}

/* Whoever only makes TLS connections is reached by the one that there is: its
 * port, which nobody knew before, is the Contact's. */
static bool contact_is_old(const struct account *a)
{
	char contact[320];

	return a->provider->conf->transport == TRANSPORT_TLS && a->contact &&
	       !register_contact(a, (struct sockaddr *)&a->target, contact,
				 sizeof(contact)) &&
	       strcmp(contact, a->contact);
}

static void enter_registered(void *self)
{
	struct account *a = self;

	provider_update(a->provider);
	subscriptions_ready(a->provider);
	/* The server's addresses may have changed meanwhile. */
	account_target(a);
	account_moved(a);
}

static void registered_event(void *self, int event, const void *data)
{
	struct account *a = self;

	(void)data;
	if (event == EVENT_STOP) {
		stop(a);
		return;
	}
	/* Calls go where we are known: nothing changes while that one lives. */
	if (event == EVENT_TARGET && !contact_is_old(a) && !pointless(a))
		return;
	fsm_go(&a->fsm, ACCOUNT_REFRESHING);
}

static void enter_unregistering(void *self)
{
	register_send(self, 0);
}

static void unregistering_event(void *self, int event, const void *data)
{
	struct account *a = self;

	(void)data;
	if (event == FSM_TIMEOUT)
		log_info("%s: no answer to the unregistration", a->name);
	fsm_go(&a->fsm, ACCOUNT_STOPPED);
}

/* -------------------------------------------------------------- from outside */

void account_init(struct account *a)
{
	struct provider *p = a->provider;

	a->owner.happened = register_happened;
	fsm_init(&a->fsm, &type, a->name, a, &p->agent->queue,
		 agent_timers(p->agent), ACCOUNT_STOPPED);
}

void account_fini(struct account *a)
{
	fsm_fini(&a->fsm);
	register_drop(a);
}

void account_start(struct account *a)
{
	if (a->registers)
		fsm_post(&a->fsm, EVENT_START, NULL, 0);
}

void account_stop(struct account *a)
{
	if (a->fsm.state != ACCOUNT_STOPPED)
		fsm_post(&a->fsm, EVENT_STOP, NULL, 0);
}

void account_target(struct account *a)
{
	if (a->fsm.state != ACCOUNT_STOPPED &&
	    a->fsm.state != ACCOUNT_UNREGISTERING)
		fsm_post(&a->fsm, EVENT_TARGET, NULL, 0);
}

void account_renew(struct account *a)
{
	if (a->fsm.state != ACCOUNT_STOPPED &&
	    a->fsm.state != ACCOUNT_UNREGISTERING)
		fsm_post(&a->fsm, EVENT_RENEW, NULL, 0);
}

void account_flow_lost(struct account *a)
{
	if (a->fsm.state == ACCOUNT_REGISTERED ||
	    a->fsm.state == ACCOUNT_REFRESHING)
		fsm_post(&a->fsm, EVENT_RENEW, NULL, 0);
}

void account_server_back(struct account *a)
{
	bool silent = !a->refused || a->refused == 408;

	if (a->fsm.state == ACCOUNT_WAITING && a->tries && silent &&
	    !a->retry_after_s)
		fsm_timer(&a->fsm, 100 + arc4random_uniform(1000));
}

void account_granted(struct account *a, unsigned s)
{
	fsm_post(&a->fsm, EVENT_GRANTED, &s, sizeof(s));
}

void account_refused(struct account *a, int status, unsigned retry_after)
{
	struct account_refusal r = { status, retry_after };

	fsm_post(&a->fsm, EVENT_REFUSED, &r, sizeof(r));
}

void account_moved(struct account *a)
{
	if (a->fsm.state == ACCOUNT_REGISTERED && contact_is_old(a))
		fsm_post(&a->fsm, EVENT_TARGET, NULL, 0);
}

void account_unreachable(struct account *a, const char *why)
{
	if (a->fsm.state == ACCOUNT_REGISTERING || a->fsm.state == ACCOUNT_REFRESHING) {
		snprintf(a->error, sizeof(a->error), "%s", why);
		account_refused(a, 408, 0);
	} else if (a->fsm.state == ACCOUNT_WAITING && a->error[0]) {
		/* REGISTER failed first; this is why. */
		snprintf(a->error, sizeof(a->error), "%s", why);
	}
}

const char *account_state(const struct account *a)
{
	return fsm_state_name(&a->fsm);
}

int account_next(const struct account *a)
{
	uint64_t due = a->fsm.timer.due;

	if (!timer_runs(&a->fsm.timer))
		return -1;
	return due > now(a) ? (int)((due - now(a) + 999) / 1000) : 0;
}
