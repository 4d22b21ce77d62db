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
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/digest.h"
#include "sip/internal.h"

#define ANSWER_MS 6000		/* a registrar answers within, or is given up */
#define UNREGISTER_MS 1500
#define RETRY_LEAST_S 4		/* doubled with each try that fails */
#define RETRY_MOST_S 300
#define REFUSED_LEAST_S 30	/* after a wrong user or secret */
#define REFUSED_MOST_S 900
#define EXPIRES_MOST 86400

enum account_event { EVENT_START, EVENT_TARGET, EVENT_GRANTED, EVENT_REFUSED,
		     EVENT_STOP, EVENTS };

static const char *const event_names[EVENTS] = { "start", "target", "granted",
						 "refused", "stop" };

struct refusal {
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
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_STOP),
		.next = BIT(ACCOUNT_REGISTERING) | BIT(ACCOUNT_WAITING) |
			BIT(ACCOUNT_UNREGISTERING) | BIT(ACCOUNT_STOPPED),
		.timeout = wait_ms, .enter = enter_waiting, .event = waiting_event,
	},
	[ACCOUNT_REGISTERING] = {
		.name = "registering",
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_GRANTED) |
			BIT(EVENT_REFUSED) | BIT(EVENT_STOP),
		.next = BIT(ACCOUNT_REGISTERED) | BIT(ACCOUNT_WAITING) |
			BIT(ACCOUNT_REGISTERING) | BIT(ACCOUNT_UNREGISTERING),
		.timeout = answer_ms, .enter = enter_registering,
		.event = trying_event,
	},
	[ACCOUNT_REGISTERED] = {
		.name = "registered",
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_STOP),
		.next = BIT(ACCOUNT_REFRESHING) | BIT(ACCOUNT_UNREGISTERING),
		.timeout = refresh_ms, .enter = enter_registered,
		.event = registered_event,
	},
	[ACCOUNT_REFRESHING] = {
		.name = "refreshing",
		.accepts = BIT(EVENT_TARGET) | BIT(EVENT_GRANTED) |
			BIT(EVENT_REFUSED) | BIT(EVENT_STOP),
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

/* From half to one and a half: many boxes must not come back as one. */
static uint64_t jitter(uint64_t ms)
{
	return ms / 2 + arc4random_uniform((uint32_t)ms + 1);
}

static uint64_t wait_ms(void *self)
{
	struct account *a = self;
	unsigned shift = a->tries < 10 ? a->tries : 10;
	bool refused = !strncmp(a->error, "401", 3) || !strncmp(a->error, "403", 3) ||
		       !strncmp(a->error, "407", 3);
	unsigned least = refused ? REFUSED_LEAST_S : RETRY_LEAST_S;
	unsigned most = refused ? REFUSED_MOST_S : RETRY_MOST_S;
	uint64_t s, ms, left;

	/* Nothing to wait for but an address. */
	if (!provider_target(a->provider))
		return 0;
	if (!a->tries)
		return 1 + arc4random_uniform(50);
	s = (uint64_t)least << (shift - 1);
	ms = jitter((s < most ? s : most) * 1000);
	if (a->retry_after_s && ms < a->retry_after_s * 1000ull)
		ms = a->retry_after_s * 1000ull + arc4random_uniform(500);
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
	(void)self;
	return ANSWER_MS;
}

static uint64_t unregister_ms(void *self)
{
	(void)self;
	return UNREGISTER_MS;
}

/* Somewhere between half and nine tenths of what was granted. */
static uint64_t refresh_ms(void *self)
{
	const struct account *a = self;
	uint64_t granted = a->granted_s * 1000ull;

	return granted / 2 + arc4random_uniform((uint32_t)(granted * 4 / 10) + 1);
}

bool account_registered(const struct account *a)
{
	return a->good_until > now(a);
}

/* ------------------------------------------------------------------ requests */

static void drop_handle(struct account *a)
{
	if (a->nh)
		nua_handle_destroy(a->nh);
	a->nh = NULL;
}

static int new_handle(struct account *a, const char *aor)
{
	char from[360];

	if (a->nh)
		return 0;
	snprintf(from, sizeof(from), "<%s>;tag=%s", aor, a->tag);
	a->nh = nua_handle(a->provider->agent->nua, (nua_hmagic_t *)&a->owner,
			   NUTAG_URL(aor), SIPTAG_FROM_STR(from), TAG_END());
	return a->nh ? 0 : -ENOMEM;
}

static int send_register(struct account *a, unsigned expires)
{
	struct provider *p = a->provider;
	const struct sockaddr *target = provider_target(p);
	char aor[300], to[310], registrar[270], url[TARGET_URL], text[12];
	char contact[320];
	int err;

	if (!target)
		return -EHOSTUNREACH;
	if (expires || !a->contact) {
		err = agent_contact(p->agent, p->conf->transport, target, a->user,
				    contact, sizeof(contact));
		if (err)
			return err;
		free(a->contact);
		a->contact = strdup(contact);
		if (!a->contact)
			return -ENOMEM;
		memcpy(&a->target, target, address_size(target));
	}
	snprintf(aor, sizeof(aor), "sip:%.128s@%.128s", a->user, provider_domain(p));
	snprintf(to, sizeof(to), "<%s>", aor);
	snprintf(registrar, sizeof(registrar), "sip:%.250s", provider_domain(p));
	target_url(url, (struct sockaddr *)&a->target, p->conf->transport);
	snprintf(text, sizeof(text), "%u", expires);
	err = new_handle(a, aor);
	if (err)
		return err;
	a->challenged = 0;
	nua_method(a->nh, NUTAG_METHOD("REGISTER"), NUTAG_URL(registrar),
		   NUTAG_PROXY(url), NUTAG_DIALOG(0), SIPTAG_TO_STR(to),
		   SIPTAG_CALL_ID_STR(a->call_id), SIPTAG_CONTACT_STR(a->contact),
		   SIPTAG_EXPIRES_STR(text), TAG_END());
	return 0;
}

static void refuse(struct account *a, int status, const char *words,
		   unsigned retry_after)
{
	struct refusal r = { status, retry_after };

	if (status && status < 700)
		snprintf(a->error, sizeof(a->error), "%d %s", status, words);
	else
		snprintf(a->error, sizeof(a->error), "%s", words);
	fsm_post(&a->fsm, EVENT_REFUSED, &r, sizeof(r));
}

/* What the registrar granted for our own contact (section 10.3 step 8). */
static unsigned granted(const struct account *a, const sip_t *sip)
{
	unsigned s = a->ask_s;
	const sip_contact_t *m;

	if (sip->sip_expires)
		s = (unsigned)sip->sip_expires->ex_delta;
	for (m = sip->sip_contact; m; m = m->m_next) {
		if (!m->m_url->url_user || strcmp(m->m_url->url_user, a->user))
			continue;
		if (m->m_expires)
			s = (unsigned)strtoul(m->m_expires, NULL, 10);
		/* Ours exactly, or at least one with our user. */
		if (m->m_url->url_host && strstr(a->contact, m->m_url->url_host) &&
		    (!m->m_url->url_port || strstr(a->contact, m->m_url->url_port)))
			break;
	}
	return s > EXPIRES_MOST ? EXPIRES_MOST : s;
}

static void keep_route(struct account *a, const sip_t *sip)
{
	char route[512] = "";
	size_t n = 0;

	for (const sip_service_route_t *r = sip->sip_service_route; r;
	     r = r->r_next) {
		su_home_t home[1] = { SU_HOME_INIT(home) };
		const char *url = url_as_string(home, r->r_url);

		if (url && n + strlen(url) + 4 < sizeof(route))
			n += (size_t)snprintf(route + n, sizeof(route) - n, "%s<%s>",
					      n ? "," : "", url);
		su_home_deinit(home);
	}
	free(a->service_route);
	a->service_route = n ? strdup(route) : NULL;
}

static void answered(struct account *a, const struct happening *h)
{
	const sip_t *sip = h->sip;
	unsigned retry_after = sip && sip->sip_retry_after ?
				       (unsigned)sip->sip_retry_after->af_delta : 0;

	if (h->status < 300 && sip) {
		unsigned s = granted(a, sip);

		keep_route(a, sip);
		fsm_post(&a->fsm, EVENT_GRANTED, &s, sizeof(s));
	} else if (h->status == 423 && sip && sip->sip_min_expires &&
		   sip->sip_min_expires->me_delta > a->ask_s &&
		   sip->sip_min_expires->me_delta <= EXPIRES_MOST) {
		/* The library has asked again already, once or twice. */
		a->ask_s = (unsigned)sip->sip_min_expires->me_delta;
		refuse(a, h->status, h->phrase, 1);
	} else if (h->status == 401 || h->status == 407) {
		refuse(a, h->status, a->secret ? "the registrar refuses this user "
		       "or secret" : "the registrar wants a secret; set "
		       "secret_file", retry_after);
	} else if (h->status == 904) {
		refuse(a, 401, "the registrar offers no kind of authentication "
		       "that we have (Digest with MD5)", retry_after);
	} else {
		refuse(a, sip ? h->status : 0, sip || h->status < 700 ? h->phrase :
		       "the request could not be sent", retry_after);
	}
}

static void happened(struct owner *o, const struct happening *h)
{
	struct account *a = (struct account *)o;

	switch (h->event) {
	case nua_r_method:
		/* Told of, with 100, when the library tries again by itself. */
		if (h->status < 200) {
			if (h->sip && h->sip->sip_status &&
			    h->sip->sip_status->st_status == 423 &&
			    h->sip->sip_min_expires)
				a->ask_s = (unsigned)
					h->sip->sip_min_expires->me_delta;
			return;
		}
		/* Once: a second challenge means that it was not liked. New
		 * nonces the library answers by itself. */
		if ((h->status == 401 || h->status == 407) && !a->challenged++ &&
		    !digest_answer(h->nh, h->sip, a->auth_user, a->secret))
			return;
		answered(a, h);
		return;
	case nua_r_authenticate:
		if (h->status >= 300)
			refuse(a, 401, h->phrase, 0);
		return;
	default:
		if (nua_event_is_incoming_request(h->event))
			request_answer(a->provider->agent, h, 481,
				       "Call/Transaction Does Not Exist");
		return;
	}
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
	drop_handle(a);
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
	else if (event == EVENT_TARGET && a->tries)
		;	/* its time will come */
	else
		fsm_go(&a->fsm, ACCOUNT_REGISTERING);
}

static void enter_registering(void *self)
{
	struct account *a = self;
	int err = send_register(a, a->ask_s);

	if (err == -EAFNOSUPPORT)
		refuse(a, 0, "sip.listen has no address of this transport and "
		       "family", 0);
	else if (err)
		refuse(a, 0, strerror(-err), 0);
}

static void failed(struct account *a, const struct refusal *r)
{
	bool serves = r->status && r->status != 408 && r->status != 503;

	if (!a->tries++ || a->tries % 16 == 0)
		log_warning("%s: registration failed: %s", a->name, a->error);
	a->retry_after_s = r->retry_after < 3600 ? r->retry_after : 3600;
	drop_handle(a);
	/* Another server may do better: at once, while there is one that was not
	 * tried in this round. */
	if (!serves && provider_next_target(a->provider)) {
		const struct sockaddr_storage *at;

		if (a->tries % provider_targets(a->provider, &at)) {
			fsm_go(&a->fsm, ACCOUNT_REGISTERING);
			return;
		}
	}
	fsm_go(&a->fsm, ACCOUNT_WAITING);
}

static void trying_event(void *self, int event, const void *data)
{
	struct account *a = self;
	const struct refusal silent = { 0, 0 };
	char text[ADDRESS_TEXT];

	switch (event) {
	case EVENT_GRANTED:
		a->granted_s = *(const unsigned *)data;
		if (!a->granted_s) {
			snprintf(a->error, sizeof(a->error),
				 "the registrar granted no time");
			failed(a, &silent);
			return;
		}
		if (a->tries || !a->good_until)
			log_info("%s: registered for %u s", a->name, a->granted_s);
		a->good_until = now(a) + a->granted_s * 1000ull;
		a->tries = 0;
		a->error[0] = '\0';
		fsm_go(&a->fsm, ACCOUNT_REGISTERED);
		return;
	case EVENT_REFUSED:
		failed(a, data);
		return;
	case FSM_TIMEOUT:
		address_text(text, (struct sockaddr *)&a->target);
		snprintf(a->error, sizeof(a->error), "%s does not answer", text);
		failed(a, &silent);
		return;
	case EVENT_TARGET:
		return;
	case EVENT_STOP:
		stop(a);
		return;
	}
}

static void enter_registered(void *self)
{
	struct account *a = self;

	provider_update(a->provider);
}

static void registered_event(void *self, int event, const void *data)
{
	struct account *a = self;
	const struct sockaddr *target = provider_target(a->provider);

	(void)data;
	if (event == EVENT_STOP) {
		stop(a);
		return;
	}
	/* The name has other addresses now: calls go where we are known. */
	if (event == EVENT_TARGET && target &&
	    access_same_host(target, (struct sockaddr *)&a->target))
		return;
	fsm_go(&a->fsm, ACCOUNT_REFRESHING);
}

static void enter_unregistering(void *self)
{
	struct account *a = self;

	if (send_register(a, 0))
		refuse(a, 0, "", 0);
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

	a->owner.happened = happened;
	fsm_init(&a->fsm, &type, a->name, a, &p->agent->queue,
		 agent_timers(p->agent), ACCOUNT_STOPPED);
}

void account_fini(struct account *a)
{
	fsm_fini(&a->fsm);
	drop_handle(a);
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
	if (a->fsm.state != ACCOUNT_STOPPED)
		fsm_post(&a->fsm, EVENT_TARGET, NULL, 0);
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
