/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Requests that belong to no call and to no registration of ours. */
#include <string.h>
#include <strings.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/gate.h"
#include "sip/connections.h"
#include "sip/leg.h"

char *header_text(const sip_t *sip, const char *name)
{
	const sip_unknown_t *u;

	for (u = sip->sip_unknown; u; u = u->un_next)
		if (!strcasecmp(u->un_name, name))
			return (char *)u->un_value;
	return NULL;
}

void request_answer(struct agent *a, const struct happening *h, int status,
		    const char *phrase)
{
	if (h->status >= 200)
		return;		/* the library has answered */
	nua_respond(h->nh, status, phrase, NUTAG_WITH_THIS(a->nua), TAG_END());
}

/* A connection that a request came by may stay. */
static struct provider *sender(struct agent *a, const struct happening *h)
{
	struct provider *p;
	msg_t *msg = nua_current_request(a->nua);
	su_addrinfo_t *ai = msg ? msg_addrinfo(msg) : NULL;
	const char *user = NULL;

	if (!ai || !ai->ai_addr)
		return NULL;
	if (h->sip && h->sip->sip_request)
		user = h->sip->sip_request->rq_url->url_user;
	p = provider_from(a, ai->ai_addr, user);
	if (p)
		connections_served(ai->ai_addr);
	return p;
}

static void answer_options(struct agent *a, const struct provider *p,
			   const struct happening *h)
{
	if (a->state != AGENT_RUNS) {
		request_answer(a, h, 503, status_phrase(503));
		return;
	}
	nua_respond(h->nh, SIP_200_OK, NUTAG_WITH_THIS(a->nua),
		    SIPTAG_HEADER_STR(transfer_allows(p->conf->transfer)),
		    SIPTAG_SUPPORTED_STR(transfer_supports(p->conf->transfer, true)),
		    TAG_END());
}

/* In a dialog or not: OPTIONS and what nobody here understands. */
static void answer(struct agent *a, const struct provider *p,
		   const struct happening *h)
{
	switch (h->event) {
	case nua_i_options:
		answer_options(a, p, h);
		break;
	case nua_i_info:
	case nua_i_update:
		request_answer(a, h, 481, status_phrase(481));
		break;
	case nua_i_subscribe:
		request_answer(a, h, SIP_489_BAD_EVENT);
		break;
	default:
		request_answer(a, h, 405, status_phrase(405));
		break;
	}
}

/* One that came by a connection, or from whom we had sent a request. */
static void count_stranger(struct agent *a, const struct happening *h)
{
	msg_t *msg = nua_current_request(a->nua);
	su_addrinfo_t *ai = msg ? msg_addrinfo(msg) : NULL;
	const sip_t *sip = h->sip;
	struct glance g = { .response = false };

	if (!ai || !ai->ai_addr || !sip || !sip->sip_request)
		return;
	glance_set(&g, sip->sip_request->rq_method_name,
		   sip->sip_request->rq_url->url_user,
		   sip->sip_user_agent ? sip->sip_user_agent->g_string : NULL);
	gate_refused(ai->ai_addr, &g);
}

/* May be a peer that can prove who it is. NULL: it got its answer. */
static struct provider *stranger(struct agent *a, const struct happening *h)
{
	msg_t *msg = nua_current_request(a->nua);
	su_addrinfo_t *ai = msg ? msg_addrinfo(msg) : NULL;

	if (proving(a) && ai && ai->ai_addr && h->sip && h->sip->sip_request)
		return prove_request(a, h, ai->ai_addr);
	count_stranger(a, h);
	request_answer(a, h, 403, status_phrase(403));
	return NULL;
}

void request_happened(struct agent *a, const struct happening *h)
{
	struct provider *p;

	if (!nua_event_is_incoming_request(h->event)) {
		/* The rest of a handle that nobody owns any more. */
		if (h->nh && h->event == nua_i_terminated)
			nua_handle_destroy(h->nh);
		return;
	}
	p = sender(a, h);
	if (!p)
		p = stranger(a, h);
	if (!p) {
		if (h->nh)
			nua_handle_destroy(h->nh);
		return;
	}
	if (h->event == nua_i_invite) {
		invite_in(p, h);
		return;
	}
	if (h->event == nua_i_notify)
		mwi_notified(p, h);
	else
		answer(a, p, h);
	if (h->nh)
		nua_handle_destroy(h->nh);
}
