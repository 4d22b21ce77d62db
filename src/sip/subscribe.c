/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* SUBSCRIBE to a message-summary: what is sent, and what is read of the answers
 * and of NOTIFY. As with REGISTER, the library's own subscriptions are not used:
 * when to refresh and when to try again is ours to say. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>

#include "sip/again.h"
#include "sip/cause_map.h"
#include "sip/subscription.h"


void subscribe_drop(struct subscription *s)
{
	if (s->nh)
		nua_handle_destroy(s->nh);
	s->nh = NULL;
}

static void refuse(struct subscription *s, int status, const char *words,
		   unsigned retry_after)
{
	if (status && status < 700)
		snprintf(s->error, sizeof(s->error), "%d %s", status, words);
	else
		snprintf(s->error, sizeof(s->error), "%s", words);
	subscription_refused(s, status, retry_after);
}

static int contact(const struct subscription *s, const struct sockaddr_storage *at,
		   char *buf, size_t size)
{
	const char *user = s->account->user;

	return scheme_binding(s->provider, (const struct sockaddr *)at,
			      *user ? user : s->mailbox, buf, size);
}

bool subscribe_is_old(const struct subscription *s)
{
	char now[sizeof(s->contact)];

	return s->nh && !contact(s, &s->target, now, sizeof(now)) &&
	       strcmp(now, s->contact);
}

/* Who asks is the account: its credentials go with its address. */
static int open_dialog(struct subscription *s)
{
	const struct sockaddr_storage *target =
		provider_registrar(s->provider, s->account);
	const char *user = s->account->user;
	char from[310], to[310];
	int err;

	if (!target)
		return -EHOSTUNREACH;
	err = contact(s, target, s->contact, sizeof(s->contact));
	if (err)
		return err;
	s->target = *target;
	snprintf(to, sizeof(to), "<%s>", s->aor);
	if (*user)
		snprintf(from, sizeof(from), "<%s:%.128s@%.128s>",
			 scheme_of(s->provider), user, provider_domain(s->provider));
	else
		snprintf(from, sizeof(from), "%s", to);
	s->routed = false;
	s->nh = nua_handle(s->provider->agent->nua, (nua_hmagic_t *)&s->owner,
			   NUTAG_URL(s->aor), SIPTAG_FROM_STR(from),
			   SIPTAG_TO_STR(to), TAG_END());
	return s->nh ? 0 : -ENOMEM;
}

static int send_subscribe(struct subscription *s, unsigned expires)
{
	const struct config_trunk *c = s->provider->conf;
	const char *route = s->account->service_route;
	bool within = s->nh;
	char url[TARGET_URL], text[12];
	int err = within ? contact(s, &s->target, s->contact, sizeof(s->contact)) :
			   open_dialog(s);

	if (err)
		return err;
	s->challenged = 0;
	target_url(url, (struct sockaddr *)&s->target, c->transport);
	snprintf(text, sizeof(text), "%u", expires);
	/* Within the dialog it goes where its route set says, unless a proxy is
	 * configured, as with calls. */
	nua_method(s->nh, NUTAG_METHOD("SUBSCRIBE"), NUTAG_URL(s->aor),
		   TAG_IF(!s->routed || c->proxy[0], NUTAG_PROXY(url)),
		   NUTAG_DIALOG(2), TAG_IF(route, NUTAG_INITIAL_ROUTE_STR(route)),
		   SIPTAG_CONTACT_STR(s->contact),
		   SIPTAG_EVENT_STR("message-summary"),
		   SIPTAG_ACCEPT_STR("application/simple-message-summary"),
		   SIPTAG_EXPIRES_STR(text), TAG_END());
	return 0;
}

void subscribe_send(struct subscription *s, unsigned expires)
{
	int err = send_subscribe(s, expires);

	if (err == -EAFNOSUPPORT)
		refuse(s, 0, "sip.listen has no address of this transport and "
		       "family", 0);
	else if (err)
		refuse(s, 0, strerror(-err), 0);
}

static void answered(struct subscription *s, const struct happening *h)
{
	const sip_t *sip = h->sip;
	unsigned retry_after = sip && sip->sip_retry_after ?
				       (unsigned)sip->sip_retry_after->af_delta : 0;
	unsigned long granted = s->ask_s;

	if (h->status < 300 && sip) {
		if (!s->routed)
			nua_set_hparams(h->nh, NUTAG_PROXY(next_hop(sip)), TAG_END());
		s->routed = true;
		if (sip->sip_expires)
			granted = sip->sip_expires->ex_delta;
		subscription_granted(s, granted < EXPIRES_MOST ? (unsigned)granted :
								 EXPIRES_MOST);
	} else if (h->status == 423 && sip && sip->sip_min_expires &&
		   sip->sip_min_expires->me_delta > s->ask_s &&
		   sip->sip_min_expires->me_delta <= EXPIRES_MOST) {
		/* The library has asked again already, once or twice. */
		s->ask_s = (unsigned)sip->sip_min_expires->me_delta;
		refuse(s, h->status, h->phrase, 1);
	} else if (h->status == 401 || h->status == 407) {
		refuse(s, h->status, s->account->secret ? "the server refuses this "
		       "user or secret" : "the server wants a secret; set "
		       "secret_file", retry_after);
	} else if (h->status == 904) {
		refuse(s, 401, "the server offers no kind of authentication that "
		       "we have (Digest with MD5, SHA-256 or SHA-512-256)",
		       retry_after);
	} else {
		refuse(s, sip ? h->status : 0, sip || h->status < 700 ? h->phrase :
		       "the request could not be sent", retry_after);
	}
}

/* RFC 6665 section 4.1.3. */
static enum notice notice_of(const sip_subscription_state_t *state, unsigned *s)
{
	static const struct { const char *reason; enum notice notice; } ends[] = {
		{ "deactivated", NOTICE_AGAIN }, { "timeout", NOTICE_AGAIN },
		{ "probation", NOTICE_LATER }, { "giveup", NOTICE_LATER },
		{ "rejected", NOTICE_NEVER }, { "noresource", NOTICE_NEVER },
		{ "invariant", NOTICE_NEVER },
	};
	const char *number;

	*s = 0;
	if (!state || !state->ss_substate)
		return NOTICE_LIVES;
	if (strcasecmp(state->ss_substate, "terminated")) {
		number = state->ss_expires;
		*s = number ? (unsigned)strtoul(number, NULL, 10) : 0;
		return NOTICE_LIVES;
	}
	number = state->ss_retry_after;
	for (unsigned i = 0; state->ss_reason && i < sizeof(ends) / sizeof(*ends); i++) {
		if (strcasecmp(state->ss_reason, ends[i].reason))
			continue;
		if (ends[i].notice == NOTICE_LATER && number)
			*s = (unsigned)strtoul(number, NULL, 10);
		return ends[i].notice;
	}
	*s = number ? (unsigned)strtoul(number, NULL, 10) : 0;
	return NOTICE_AGAIN;
}

static void notified(struct subscription *s, const struct happening *h)
{
	const sip_t *sip = h->sip;
	const char *event = sip->sip_event ? sip->sip_event->o_type : "";
	int status = 489;
	enum notice notice;
	unsigned seconds;

	if (event && !strcasecmp(event, "message-summary"))
		/* The first and the last may tell nothing. */
		status = sip->sip_payload ? mwi_take(s->provider, sip, s->mailbox) : 200;
	request_answer(s->provider->agent, h, status, status_phrase(status));
	if (status == 489)
		return;
	notice = notice_of(sip->sip_subscription_state, &seconds);
	subscription_notified(s, notice, seconds);
}

void subscribe_happened(struct owner *o, const struct happening *h)
{
	struct subscription *s = (struct subscription *)o;
	const struct proving by = { s->account->auth_user, s->account->secret,
				    s->provider->conf->realm };
	unsigned least;

	switch (h->event) {
	case nua_r_method:
		if (h->status < 200) {
			least = response_least(h);
			if (least)
				s->ask_s = least;
			return;
		}
		if (response_proven(h, &by, &s->challenged))
			return;
		answered(s, h);
		return;
	case nua_r_authenticate:
		if (h->status >= 300)
			refuse(s, 401, h->phrase, 0);
		return;
	case nua_i_notify:
		if (h->sip)
			notified(s, h);
		return;
	default:
		if (nua_event_is_incoming_request(h->event))
			request_answer(s->provider->agent, h, 481,
				       status_phrase(481));
		return;
	}
}
