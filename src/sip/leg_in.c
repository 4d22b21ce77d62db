/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* An INVITE that a provider sends us. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/msg_addr.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/su_alloc.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/identity.h"
#include "sip/leg.h"

static struct trunk_leg *of(struct leg *l)
{
	return list_entry(l, struct trunk_leg, leg);
}

/* A refusal before there is a leg. */
struct refusal {
	int status;
	const char *phrase;	/* NULL: the standard's */
	const char *warning;	/* RFC 3261 section 20.43; NULL: none */
	char header[48];	/* one more, "" none */
	enum trunk_transfer transfer;	/* the trunk's */
	char why[96];		/* for the log */
};

static void refuse(const struct happening *h, const struct refusal *r,
		   const char *from)
{
	const char *phrase = r->phrase ? r->phrase : status_phrase(r->status);

	log_info("%s: INVITE refused with %d %s%s%s", from, r->status, phrase,
		 r->why[0] ? ": " : "", r->why);
	nua_respond(h->nh, r->status, phrase,
		    SIPTAG_HEADER_STR(transfer_allows(r->transfer)),
		    SIPTAG_SUPPORTED_STR(transfer_supports(r->transfer, true)),
		    TAG_IF(r->status == 415,
			   SIPTAG_ACCEPT_STR(SESSION_ACCEPTS)),
		    TAG_IF(r->status == 415, SIPTAG_ACCEPT_ENCODING_STR("identity")),
		    TAG_IF(r->warning, SIPTAG_WARNING_STR(r->warning)),
		    TAG_IF(r->header[0], SIPTAG_HEADER_STR(r->header)),
		    TAG_END());
	nua_handle_destroy(h->nh);
}

/* ------------------------------------------------------------------ checking */

static int check_extensions(const struct provider *p, const sip_t *sip,
			    struct refusal *r)
{
	unsigned least = p->conf->session_least_s;
	bool asks = sip_has_feature(sip->sip_require, "100rel");
	struct session_ask ask;

	if (p->conf->transfer == TRANSFER_REFUSE &&
	    sip_has_feature(sip->sip_require, "replaces")) {
		snprintf(r->header, sizeof(r->header), "Unsupported: replaces");
		return 420;
	}
	if (asks && p->conf->reliable == RELIABLE_OFF) {
		snprintf(r->header, sizeof(r->header), "Unsupported: 100rel");
		return 420;
	}
	if (p->conf->reliable == RELIABLE_REQUIRE && !asks &&
	    !sip_has_feature(sip->sip_supported, "100rel")) {
		snprintf(r->header, sizeof(r->header), "Require: 100rel");
		return 421;
	}
	/* RFC 4028 section 9: only who knows of it can be told. */
	session_timer_read(&ask, sip);
	if (ask.expires_s && ask.supported && ask.expires_s < least) {
		snprintf(r->header, sizeof(r->header), "Min-SE: %u", least);
		return 422;
	}
	return 0;
}

static int check(struct agent *a, const struct provider *p, const sip_t *sip,
		 struct leg_offer *offer, struct trunk_leg **old, struct refusal *r)
{
	const char *body;

	if (a->state != AGENT_RUNS) {
		snprintf(r->why, sizeof(r->why), "the gateway ends");
		return 503;
	}
	/* Somebody on the way could have listened. */
	if (scheme_broken(sip)) {
		snprintf(r->why, sizeof(r->why), "it is for sips:, and did not come "
			 "over TLS");
		r->warning = "380 tipring \"SIPS Not Allowed\"";
		return 480;
	}
	/* It may have come round a loop through us (RFC 7332). */
	if (sip->sip_max_forwards && !sip->sip_max_forwards->mf_count) {
		snprintf(r->why, sizeof(r->why), "it has gone through too many hands");
		return 483;
	}
	if (session_body(sip, &body) == -EMEDIUMTYPE) {
		snprintf(r->why, sizeof(r->why), "its body has no application/sdp");
		return 415;
	}
	r->status = check_extensions(p, sip, r);
	if (!r->status)
		r->status = replaces_check(a, p, sip, old, r->why, sizeof(r->why));
	if (r->status || *old)
		return r->status;
	r->status = party_read(p, sip, offer);
	if (r->status)
		snprintf(r->why, sizeof(r->why), "no number is called");
	return r->status;
}

static int describe(struct trunk_leg *t, const sip_t *sip, struct refusal *r)
{
	const char *body;
	int err;

	if (!session_body(sip, &body))
		return 0;	/* we make the offer, in 200 */
	err = session_take(t, sip, r->why, sizeof(r->why));
	r->warning = session_warning(err);
	if (!err)
		return 0;
	return err == -EINVAL ? 400 : 488;
}

static void take_place(struct trunk_leg *t, struct trunk_leg *old)
{
	struct release why;

	if (!replaces_take(t, old, &why))
		return;
	log_info("%s: INVITE refused with 603: %s", t->leg.name, why.why);
	nua_respond(t->nh, 603, status_phrase(603), TAG_END());
	trunk_leg_bury(t);
}

void invite_in(struct provider *p, const struct happening *h)
{
	struct agent *a = p->agent;
	struct sockaddr *peer = msg_addrinfo(nua_current_request(a->nua))->ai_addr;
	const char *user = h->sip->sip_request->rq_url->url_user;
	const struct account *account = party_account(p, user);
	struct refusal r = { .transfer = p->conf->transfer };
	struct trunk_leg *t, *old = NULL;

	if (h->status >= 200)
		return;
	a->stats.invites_in++;
	t = trunk_leg_new(p, account ? account : p->account);
	if (!t) {
		r.status = 500;
		refuse(h, &r, p->trunk.name);
		return;
	}
	t->sips = h->sip->sip_request->rq_url->url_type == url_sips;
	r.status = check(a, p, h->sip, &t->offer, &old, &r);
	if (!r.status && session_open(t, peer, r.why, sizeof(r.why)))
		r.status = 503;
	if (!r.status)
		r.status = describe(t, h->sip, &r);
	if (!r.status && scheme_contact(t, peer, t->contact, sizeof(t->contact)))
		r.status = 503;
	if (r.status) {
		refuse(h, &r, p->trunk.name);
		trunk_leg_bury(t);
		return;
	}
	t->nh = h->nh;
	t->state = LEG_INVITED;
	t->reliable = t->policy.reliable != RELIABLE_OFF &&
		      (sip_has_feature(h->sip->sip_supported, "100rel") ||
		       sip_has_feature(h->sip->sip_require, "100rel"));
	session_timer_read(&t->ask, h->sip);
	session_timer_peer(t, h->sip);
	hand_over_peer(&t->hand_over, h->sip);
	p->calls_in++;
	nua_handle_bind(h->nh, (nua_hmagic_t *)&t->owner);
	nua_set_hparams(h->nh, LETS_IN, NUTAG_RETRY_COUNT(DIALOG_RETRIES),
			NUTAG_SESSION_TIMER(t->policy.session_s),
			NUTAG_MIN_SE(t->policy.session_least_s),
			SIPTAG_SUPPORTED_STR(transfer_supports(t->policy.transfer,
				t->policy.reliable != RELIABLE_OFF)), TAG_END());
	/* Last: core may have ended the leg when this returns. */
	if (!old)
		box_incoming(a->box, &t->leg, &p->trunk, &t->offer);
	else
		take_place(t, old);
}

/* ---------------------------------------------------------------- answering */

void incoming_proceeding(struct leg *l)
{
	(void)l;	/* 100 went out when the INVITE came */
}

void incoming_alert(struct leg *l)
{
	struct trunk_leg *t = of(l);

	/* After 183 with tones it would make ringback of its own. */
	if (t->state != LEG_INVITED || t->early)
		return;
	nua_respond(t->nh, SIP_180_RINGING, SIPTAG_CONTACT_STR(t->contact), ALLOWS(t),
		    TAG_END());
}

void incoming_progress(struct leg *l)
{
	struct trunk_leg *t = of(l);
	int err = 0;

	if (t->state != LEG_INVITED || t->early)
		return;
	if (!t->provider->conf->early_media) {
		incoming_alert(l);
		return;
	}
	if (t->exchange == EXCHANGE_RECEIVED)
		err = session_answer(t);
	else if (t->exchange == EXCHANGE_NONE && t->reliable)
		err = session_offer(t);
	else
		return;		/* an offer may not go unconfirmed */
	if (err)
		return;
	t->early = true;
	nua_respond(t->nh, SIP_183_SESSION_PROGRESS, SIPTAG_CONTACT_STR(t->contact),
		    ALLOWS(t),
		    SIPTAG_CONTENT_TYPE_STR("application/sdp"),
		    SIPTAG_PAYLOAD_STR(t->sdp), TAG_END());
	if (t->exchange == EXCHANGE_DONE)
		session_apply(t);
}

void incoming_connected(struct leg *l, const struct party *who)
{
	of(l)->connected = *who;
}

void incoming_answer(struct leg *l)
{
	struct trunk_leg *t = of(l);
	struct identity_headers who;
	bool described = t->exchange == EXCHANGE_NONE || !t->reliable || !t->early;
	int err = 0;

	if (t->state != LEG_INVITED)
		return;
	if (t->exchange == EXCHANGE_NONE)
		err = session_offer(t);
	else if (t->exchange == EXCHANGE_RECEIVED)
		err = session_answer(t);
	if (err) {
		trunk_leg_fail(t, CAUSE_INTERWORKING,
			       "our session description does not fit");
		return;
	}
	t->state = LEG_ANSWERED;
	party_answers(t, &who);
	/* What went out in a reliable 183 must not be said again. */
	nua_respond(t->nh, SIP_200_OK, SIPTAG_CONTACT_STR(t->contact), ALLOWS(t),
		    TAG_IF(who.asserted[0], SIPTAG_HEADER_STR(who.asserted)),
		    TAG_IF(who.privacy[0], SIPTAG_PRIVACY_STR(who.privacy)),
		    TAG_IF(described, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
		    TAG_IF(described, SIPTAG_PAYLOAD_STR(t->sdp)), TAG_END());
	session_timer_asked(t);
	if (t->exchange == EXCHANGE_DONE)
		session_apply(t);
}

void incoming_refuse(struct trunk_leg *t, const struct release *r)
{
	int status = status_of_cause(r->cause);
	char reason[160], after[12];

	reason_write(reason, sizeof(reason), r->cause, r->why);
	snprintf(after, sizeof(after), "%u", r->retry_after);
	nua_respond(t->nh, status, status_phrase(status),
		    SIPTAG_REASON_STR(reason),
		    TAG_IF(r->retry_after, SIPTAG_RETRY_AFTER_STR(after)),
		    TAG_END());
}

/* ACK, or the PRACK that answers an offer of ours. */
void incoming_acknowledged(struct trunk_leg *t, const struct happening *h)
{
	char why[96];

	if (t->exchange == EXCHANGE_OFFERED) {
		int err = session_take(t, h->sip, why, sizeof(why));

		if (err && h->event == nua_i_ack && t->state == LEG_ANSWERED) {
			t->state = LEG_UP;
			trunk_leg_fail(t, CAUSE_INTERWORKING,
				       "answer of the far end: %s", why);
			return;
		}
		if (!err)
			session_apply(t);
	}
	if (h->event != nua_i_ack)
		return;
	if (t->state == LEG_ANSWERED) {
		t->state = LEG_UP;
		dialog_settled(t);
	} else if (t->state == LEG_ANSWERED_ENDING) {
		t->state = LEG_UP;
		trunk_leg_bye(t, CAUSE_NORMAL, "");
	}
}
