/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* An INVITE of ours to a provider. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <stdlib.h>

#include <sofia-sip/nta_tag.h>
#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/identity.h"
#include "sip/leg.h"

static struct trunk_leg *of(struct leg *l)
{
	return list_entry(l, struct trunk_leg, leg);
}

static const struct sockaddr *target(const struct trunk_leg *t)
{
	return (const struct sockaddr *)&t->candidate[t->at];
}

static int next_server(struct trunk_leg *t, unsigned avoid_s);

static void no_response(void *arg)
{
	struct trunk_leg *t = arg;
	char at[ADDRESS_TEXT];
	struct release r;

	address_text(at, target(t));
	if (!next_server(t, AVOID_SILENT_S))
		return;
	t->provider->failed++;
	release_set(&r, CAUSE_DESTINATION_OUT_OF_ORDER, true, "%s does not answer",
		    at);
	leg_released(&t->leg, &r);
	trunk_leg_end(t, &r);
}

void outgoing_unreachable(struct trunk_leg *t, const char *why)
{
	struct release r;

	if (t->state != LEG_CALLING || !next_server(t, AVOID_SILENT_S))
		return;
	t->provider->failed++;
	release_set(&r, CAUSE_DESTINATION_OUT_OF_ORDER, true, "%s", why);
	leg_released(&t->leg, &r);
	trunk_leg_end(t, &r);
}

static void rang_enough(void *arg)
{
	struct trunk_leg *t = arg;

	trunk_leg_fail(t, CAUSE_NO_ANSWER, "no answer for %u s", t->offer.ring_s);
}

static void wait_for_response(struct trunk_leg *t)
{
	timer_start(agent_timers(t->agent), &t->timer,
		    t->agent->conf->timers[TIMER_NO_RESPONSE], no_response, t);
}

/* ------------------------------------------------------------------- sending */

static int invite(struct trunk_leg *t)
{
	bool asks = t->policy.reliable >= RELIABLE_OFFER;
	char url[TARGET_URL];
	struct party_headers h;
	int err = party_write(t, &h);

	if (err)
		return err;
	target_url(url, target(t), t->transport);
	t->nh = nua_handle(t->agent->nua, (nua_hmagic_t *)&t->owner,
			   NUTAG_URL(h.uri), SIPTAG_TO_STR(h.to),
			   SIPTAG_FROM_STR(h.who.from), TAG_END());
	if (!t->nh)
		return -ENOMEM;
	nua_set_hparams(t->nh, LETS_IN, TAG_END());
	nua_invite(t->nh, NUTAG_PROXY(url),
		   TAG_IF(t->route, NUTAG_INITIAL_ROUTE_STR(t->route)),
		   SIPTAG_CONTACT_STR(t->contact),
		   SIPTAG_MAX_FORWARDS_STR(h.hops),
		   TAG_IF(h.who.asserted[0], SIPTAG_HEADER_STR(h.who.asserted)),
		   TAG_IF(h.who.privacy[0], SIPTAG_PRIVACY_STR(h.who.privacy)),
		   TAG_IF(h.diversion[0], SIPTAG_HEADER_STR(h.diversion)),
		   SIPTAG_SUPPORTED_STR(transfer_supports(t->policy.transfer, asks)),
		   ALLOWS(t),
		   TAG_IF(t->policy.reliable == RELIABLE_REQUIRE,
			  SIPTAG_REQUIRE_STR("100rel")),
		   /* The library acknowledges one branch only, and then takes no
		    * answer from another (RFC 3841 section 9.1). */
		   TAG_IF(asks, SIPTAG_REQUEST_DISPOSITION_STR("no-fork")),
		   NUTAG_SESSION_TIMER(t->policy.session_s),
		   NUTAG_MIN_SE(t->policy.session_least_s),
		   SIPTAG_CONTENT_TYPE_STR("application/sdp"),
		   SIPTAG_PAYLOAD_STR(t->sdp), TAG_END());
	t->state = LEG_CALLING;
	t->challenged = 0;
	t->agent->stats.invites_out++;
	wait_for_response(t);
	return 0;
}

/* The address of our side that the target in use can reach. */
static int aim(struct trunk_leg *t)
{
	t->sips = t->policy.called_uri == URI_SIPS;
	return scheme_contact(t, target(t), t->contact, sizeof(t->contact));
}

/* Voice and its description, for the target in use. */
static int describe(struct trunk_leg *t)
{
	char why[96];
	int err = session_open(t, target(t), why, sizeof(why));

	if (err) {
		log_warning("%s: %s", t->leg.name, why);
		return err;
	}
	t->sdp[0] = '\0';
	leg_end_changed(&t->leg);
	return session_offer(t);
}

static int describe_anew(struct trunk_leg *t)
{
	struct media_end *end = t->leg.end;

	t->leg.end = NULL;
	leg_end_changed(&t->leg);
	if (end)
		end->media->ops->free(end);
	return describe(t);
}

/* The same call to the provider's next address; -ENOENT: each was tried.
 * avoid_s: others do well to avoid this one for so long. */
static int next_server(struct trunk_leg *t, unsigned avoid_s)
{
	char from[ADDRESS_TEXT], to[ADDRESS_TEXT];
	int family = target(t)->sa_family;

	if (t->state != LEG_CALLING && t->state != LEG_PROCEEDING)
		return -ENOENT;
	provider_target_failed(t->provider, &t->candidate[t->at], avoid_s);
	if (t->early || t->at + 1 >= t->candidates || t->provider->trunk.draining)
		return -ENOENT;
	address_text(from, target(t));
	t->at++;
	address_text(to, target(t));
	log_info("%s: %s does not take the call, trying %s", t->leg.name, from, to);
	if (aim(t) || (target(t)->sa_family != family && describe_anew(t)))
		return -ENOENT;
	return outgoing_again(t);
}

int outgoing_again(struct trunk_leg *t)
{
	timer_stop(&t->timer);
	if (t->nh)
		nua_handle_destroy(t->nh);
	t->nh = NULL;
	t->exchange = EXCHANGE_OFFERED;
	fork_forget(t);
	return invite(t);
}

int outgoing_offer(struct leg *l, const struct leg_offer *offer)
{
	struct trunk_leg *t = of(l);
	int err = t->candidates ? 0 : -EHOSTUNREACH;

	t->offer = *offer;
	if (!err)
		err = aim(t);
	if (!err)
		err = describe(t);
	if (!err)
		err = invite(t);
	if (err) {
		t->state = LEG_NEW;
		trunk_leg_bury(t);
		return err;
	}
	t->provider->calls_out++;
	if (offer->ring_s)
		timer_start(agent_timers(t->agent), &t->ring,
			    offer->ring_s * 1000ull, rang_enough, t);
	return 0;
}

void outgoing_cancel(struct trunk_leg *t, const struct release *r)
{
	char reason[160];

	reason_write(reason, sizeof(reason), r->cause, r->why);
	nua_cancel(t->nh, SIPTAG_REASON_STR(reason), TAG_END());
}

/* ------------------------------------------------------------------ responses */

static void provisional(struct trunk_leg *t, const struct happening *h)
{
	bool described;
	char why[96] = "";

	if (h->sip && h->sip->sip_status && h->sip->sip_status->st_status >= 300) {
		/* The library asks again, with our credentials. */
		wait_for_response(t);
		return;
	}
	if (t->state == LEG_CALLING) {
		t->state = LEG_PROCEEDING;
		timer_stop(&t->timer);
		leg_proceeding(&t->leg);
	}
	if (t->state != LEG_PROCEEDING || h->status < 180)
		return;
	/* RFC 6228: a branch has ended, its early media with it. */
	if (h->status == 199) {
		if (fork_gone(t, h->sip))
			session_apply(t);
		return;
	}
	described = !fork_answer(t, h->sip, why, sizeof(why));
	if (why[0])
		log_warning("%s: %d %s: %s", t->leg.name, h->status, h->phrase, why);
	if (described)
		session_apply(t);
	if (h->status == 180)
		leg_alerting(&t->leg);
	if (described && h->status != 180 && !t->early &&
	    t->state == LEG_PROCEEDING) {
		t->early = true;
		leg_progress(&t->leg);
	}
}

static void acknowledge(struct trunk_leg *t, const sip_t *sip)
{
	if (t->fixed_route)
		nua_ack(t->nh, TAG_END());
	else
		nua_ack(t->nh, NUTAG_PROXY(next_hop(sip)), TAG_END());
}

static void accepted(struct trunk_leg *t, const struct happening *h)
{
	char why[96] = "no session description";
	int err;

	acknowledge(t, h->sip);
	dialog_begins(t);
	timer_stop(&t->timer);
	timer_stop(&t->ring);
	if (t->state == LEG_CANCELLING) {
		/* It crossed our CANCEL. */
		t->state = LEG_UP;
		trunk_leg_bye(t, CAUSE_NORMAL, "cancelled");
		return;
	}
	err = fork_accepted(t, h->sip, why, sizeof(why));
	fork_forget(t);
	t->state = LEG_UP;
	if (err) {
		trunk_leg_fail(t, CAUSE_INTERWORKING, "answer of the far end: %s",
			       why);
		return;
	}
	session_timer_peer(t, h->sip);
	hand_over_peer(&t->hand_over, h->sip);
	session_timer_answered(t, h->sip);
	session_apply(t);
	party_connected(t, h->sip);
	leg_answered(&t->leg, ANSWER_SIGNALLED, 100);
}

/* RFC 3261 section 21.5.4. */
static unsigned avoid_s(const struct happening *h)
{
	if (!h->sip || h->status != 503)
		return AVOID_SILENT_S;
	return h->sip->sip_retry_after ?
	       (unsigned)h->sip->sip_retry_after->af_delta : AVOID_503_S;
}

static int warned(const sip_t *sip)
{
	return sip->sip_warning ? (int)sip->sip_warning->w_code : 0;
}

static void refused(struct trunk_leg *t, const struct happening *h)
{
	const sip_t *sip = h->sip;
	struct release r = { .by_far_end = true };
	char why[64] = "";

	if (t->state == LEG_CANCELLING) {
		trunk_leg_bury(t);
		return;
	}
	/* RFC 3263 section 4.3: the next server may do better. */
	if ((!sip || h->status == 503 || h->status == 408) &&
	    !next_server(t, avoid_s(h)))
		return;
	if (h->status >= 300 && h->status < 400 &&
	    outgoing_redirected(t, h, why, sizeof(why)))
		return;
	t->provider->failed++;
	if (h->status == 401 || h->status == 407)
		release_set(&r, CAUSE_REJECTED, true, "%d: the server %s", h->status,
			    t->secret ? "refuses our user or secret" :
					"wants a secret; set secret_file");
	else if (h->status >= 300 && h->status < 400)
		release_set(&r, CAUSE_INTERWORKING, true, "%d %s: %s", h->status,
			    h->phrase, why);
	else if (!sip)
		release_set(&r, h->status == 408 ? CAUSE_DESTINATION_OUT_OF_ORDER :
			    CAUSE_TEMPORARY_FAILURE, true, "%s", h->phrase);
	else
		release_set(&r, cause_told(sip, cause_of_warning(
				    h->status, warned(sip))), true,
			    "%d %s", h->status, h->phrase);
	if (sip && sip->sip_retry_after)
		r.retry_after = (unsigned)sip->sip_retry_after->af_delta;
	leg_released(&t->leg, &r);
	trunk_leg_bury(t);
}

void outgoing_response(struct trunk_leg *t, const struct happening *h)
{
	if (h->status < 200) {
		provisional(t, h);
	} else if (h->status < 300) {
		accepted(t, h);
	} else if (t->state != LEG_CANCELLING &&
		   dialog_proven(t, h, &t->challenged)) {
		if (t->state == LEG_CALLING)
			wait_for_response(t);
	} else {
		refused(t, h);
	}
}
