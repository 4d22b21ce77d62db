/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Whether one address of a trunk's server answers, asked by OPTIONS where the
 * configuration says options_s.
 *
 *  OFF ----start---> PROBING ------silence-----> SILENT <---silence---+
 *                      |                        ^   |                |
 *                   answer                      |  time, start       |
 *                      v                        |   v                |
 *     +---time--- REACHABLE <------answer-------|- RETRYING ---------+
 *     v  doubt         ^                        |
 *  CHECKING --answer---+                        |
 *     +-------------silence---------------------+
 *
 * Any answer but 408 and 503 counts: many servers refuse OPTIONS politely.
 * Doubt: a call or a registration did not get an answer from it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/leg.h"
#include "sip/subscription.h"

#define AGAIN_MS 10000		/* after silence */

enum target_event { EVENT_START, EVENT_ANSWER, EVENT_SILENCE, EVENT_DOUBT,
		    EVENT_STOP, EVENTS };

static const char *const event_names[EVENTS] = { "start", "answer", "silence",
						 "doubt", "stop" };

static void off_event(void *, int, const void *);
static void probe_event(void *, int, const void *);
static void idle_event(void *, int, const void *);
static void enter_off(void *);
static void enter_probe(void *);
static void enter_idle(void *);
static uint64_t answer_ms(void *);
static uint64_t interval_ms(void *);
static uint64_t again_ms(void *);

#define ANY_PROBE (BIT(EVENT_ANSWER) | BIT(EVENT_SILENCE) | BIT(EVENT_START) | \
		   BIT(EVENT_DOUBT) | BIT(EVENT_STOP))
#define ANY_IDLE (BIT(EVENT_START) | BIT(EVENT_DOUBT) | BIT(EVENT_STOP))

static const struct fsm_state states[TARGET_STATES] = {
	[TARGET_OFF] = {
		.name = "off", .accepts = BIT(EVENT_START),
		.next = BIT(TARGET_PROBING),
		.enter = enter_off, .event = off_event,
	},
	[TARGET_PROBING] = {
		.name = "probing", .accepts = ANY_PROBE,
		.next = BIT(TARGET_REACHABLE) | BIT(TARGET_SILENT) | BIT(TARGET_OFF),
		.timeout = answer_ms, .enter = enter_probe, .event = probe_event,
	},
	[TARGET_REACHABLE] = {
		.name = "reachable", .accepts = ANY_IDLE,
		.next = BIT(TARGET_CHECKING) | BIT(TARGET_OFF),
		.timeout = interval_ms, .enter = enter_idle, .event = idle_event,
	},
	[TARGET_CHECKING] = {
		.name = "reachable", .accepts = ANY_PROBE,
		.next = BIT(TARGET_REACHABLE) | BIT(TARGET_SILENT) | BIT(TARGET_OFF),
		.timeout = answer_ms, .enter = enter_probe, .event = probe_event,
	},
	[TARGET_SILENT] = {
		.name = "silent", .accepts = ANY_IDLE,
		.next = BIT(TARGET_RETRYING) | BIT(TARGET_OFF),
		.timeout = again_ms, .enter = enter_idle, .event = idle_event,
	},
	[TARGET_RETRYING] = {
		.name = "silent", .accepts = ANY_PROBE,
		.next = BIT(TARGET_REACHABLE) | BIT(TARGET_SILENT) | BIT(TARGET_OFF),
		.timeout = answer_ms, .enter = enter_probe, .event = probe_event,
	},
};

static const struct fsm_type type = {
	.name = "target", .states = states, .events = event_names,
	.state_count = TARGET_STATES, .event_count = EVENTS,
};

static uint64_t answer_ms(void *self)
{
	struct target *t = self;

	return t->provider->agent->conf->timers[TIMER_NO_RESPONSE];
}

static uint64_t interval_ms(void *self)
{
	struct target *t = self;

	return t->provider->conf->options_s * 1000ull;
}

static uint64_t again_ms(void *self)
{
	(void)self;
	return AGAIN_MS;
}

static void drop_handle(struct target *t)
{
	if (t->nh)
		nua_handle_destroy(t->nh);
	t->nh = NULL;
}

static void enter_off(void *self)
{
	drop_handle(self);
}

static void enter_idle(void *self)
{
	struct target *t = self;

	drop_handle(t);
	provider_target_changed(t->provider);
}

static void enter_probe(void *self)
{
	struct target *t = self;
	struct provider *p = t->provider;
	const struct sockaddr *at = (struct sockaddr *)&t->at;
	char uri[280], from[400], contact[320], url[TARGET_URL];

	drop_handle(t);
	if (scheme_binding(p, at, p->account->user, contact, sizeof(contact))) {
		fsm_post(&t->fsm, EVENT_SILENCE, NULL, 0);
		return;
	}
	snprintf(uri, sizeof(uri), "%s:%.250s", scheme_of(p), provider_domain(p));
	snprintf(from, sizeof(from), "<%s:%.128s@%.250s>", scheme_of(p),
		 p->account->user[0] ? p->account->user : "tipring",
		 provider_domain(p));
	target_url(url, at, p->conf->transport);
	t->nh = nua_handle(p->agent->nua, (nua_hmagic_t *)&t->owner, NUTAG_URL(uri),
			   SIPTAG_TO_STR(uri), SIPTAG_FROM_STR(from), TAG_END());
	if (t->nh)
		nua_options(t->nh, NUTAG_PROXY(url), SIPTAG_CONTACT_STR(contact),
			    SIPTAG_HEADER_STR(transfer_allows(p->conf->transfer)),
			    SIPTAG_SUPPORTED_STR(transfer_supports(p->conf->transfer, true)),
			    TAG_END());
}

static void happened(struct owner *o, const struct happening *h)
{
	struct target *t = (struct target *)((char *)o -
					     offsetof(struct target, owner));

	if (nua_event_is_incoming_request(h->event)) {
		request_answer(t->provider->agent, h, 481,
			       "Call/Transaction Does Not Exist");
		return;
	}
	if (h->event != nua_r_options || h->status < 200)
		return;
	fsm_post(&t->fsm, !h->sip || h->status == 408 || h->status == 503 ?
		 EVENT_SILENCE : EVENT_ANSWER, NULL, 0);
}

static void off_event(void *self, int event, const void *data)
{
	struct target *t = self;

	(void)event;
	(void)data;
	fsm_go(&t->fsm, TARGET_PROBING);
}

static void tell_why(struct target *t)
{
	char text[ADDRESS_TEXT];

	address_text(text, (struct sockaddr *)&t->at);
	if (t->tls_error[0])
		memcpy(t->error, t->tls_error, sizeof(t->error));
	else
		snprintf(t->error, sizeof(t->error), "%s does not answer OPTIONS%s",
			 text, t->answered ? "" :
			 "; where it never does, set options = 0");
}

static void probe_event(void *self, int event, const void *data)
{
	struct target *t = self;
	bool news;

	(void)data;
	switch (event) {
	case EVENT_START:
	case EVENT_DOUBT:
		return;
	case EVENT_STOP:
		fsm_go(&t->fsm, TARGET_OFF);
		return;
	case EVENT_ANSWER:
		t->error[0] = '\0';
		t->answered = true;
		if (t->fsm.state == TARGET_RETRYING) {
			provider_each_account(t->provider, account_server_back);
			subscriptions_server_back(t->provider);
		}
		fsm_go(&t->fsm, TARGET_REACHABLE);
		return;
	}
	news = !t->error[0] && !t->tls_error[0];
	tell_why(t);
	if (news)
		log_warning("trunk %s: %s", t->provider->trunk.name, t->error);
	provider_look_again(t->provider);
	fsm_go(&t->fsm, TARGET_SILENT);
}

static void idle_event(void *self, int event, const void *data)
{
	struct target *t = self;

	(void)data;
	if (event == EVENT_STOP)
		fsm_go(&t->fsm, TARGET_OFF);
	else
		fsm_go(&t->fsm, t->fsm.state == TARGET_REACHABLE ?
		       TARGET_CHECKING : TARGET_RETRYING);
}

struct target *target_new(struct provider *p, const struct sockaddr_storage *at)
{
	struct target *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->owner.happened = happened;
	t->provider = p;
	t->at = *at;
	fsm_init(&t->fsm, &type, p->trunk.name, t, &p->agent->queue,
		 agent_timers(p->agent), TARGET_OFF);
	keepalive_init(&t->keepalive, t);
	return t;
}

void target_free(struct target *t)
{
	if (!t)
		return;
	keepalive_fini(&t->keepalive);
	fsm_fini(&t->fsm);
	drop_handle(t);
	free(t);
}

void target_start(struct target *t)
{
	t->fsm.id = t->provider->trunk.name;
	keepalive_start(&t->keepalive);
	if (t->fsm.state == TARGET_OFF && t->provider->conf->options_s &&
	    !t->provider->trunk.draining)
		fsm_post(&t->fsm, EVENT_START, NULL, 0);
}

void target_unreachable(struct target *t)
{
	switch (t->fsm.state) {
	case TARGET_OFF:
		return;
	case TARGET_REACHABLE:
		fsm_post(&t->fsm, EVENT_DOUBT, NULL, 0);
		return;
	case TARGET_SILENT:
		/* OPTIONS failed first; this is why. */
		tell_why(t);
		return;
	}
	fsm_post(&t->fsm, EVENT_SILENCE, NULL, 0);
}

void target_stop(struct target *t)
{
	keepalive_stop(&t->keepalive);
	if (t->fsm.state != TARGET_OFF)
		fsm_post(&t->fsm, EVENT_STOP, NULL, 0);
}

void target_failed(struct target *t, unsigned avoid_s)
{
	uint64_t until = agent_timers(t->provider->agent)->now_ms + avoid_s * 1000ull;

	if (until > t->avoid_until)
		t->avoid_until = until;
	if (t->fsm.state != TARGET_OFF)
		fsm_post(&t->fsm, EVENT_DOUBT, NULL, 0);
}

bool target_silent(const struct target *t)
{
	return t->fsm.state == TARGET_SILENT || t->fsm.state == TARGET_RETRYING;
}
