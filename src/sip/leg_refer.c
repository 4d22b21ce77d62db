/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * A far end that hands its partner on: REFER in a dialog (RFC 3515, 5589), what
 * becomes of it in NOTIFY, and an INVITE that takes another call's place (RFC
 * 3891). Only from a trunk with transfer = "accept"; where it leads is core's
 * to judge.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/leg.h"

const char *transfer_supports(enum trunk_transfer transfer, bool reliable)
{
	if (transfer == TRANSFER_ACCEPT)
		return reliable ? "100rel, " AGENT_SUPPORTS ", " TRANSFER_SUPPORTS :
				  AGENT_SUPPORTS ", " TRANSFER_SUPPORTS;
	return reliable ? "100rel, " AGENT_SUPPORTS : AGENT_SUPPORTS;
}

const char *transfer_allows(enum trunk_transfer transfer)
{
	return transfer == TRANSFER_ACCEPT ? "Allow: " AGENT_ALLOWS ", REFER" :
					     "Allow: " AGENT_ALLOWS;
}

/* ---------------------------------------------------------------------- NOTIFY */

/* RFC 3515 section 2.4.5: the status line alone. */
static void notify(struct trunk_leg *t, int status, bool last)
{
	char body[96];

	if (!t->refer_event[0] || !t->nh)
		return;
	snprintf(body, sizeof(body), "SIP/2.0 %d %s\r\n", status,
		 status == 100 ? "Trying" : status == 183 ? "Session Progress" :
		 status_phrase(status));
	nua_notify(t->nh, SIPTAG_EVENT_STR(t->refer_event),
		   SIPTAG_CONTACT_STR(t->contact),
		   /* Else the library writes how long it lasts. */
		   TAG_IF(last, SIPTAG_SUBSCRIPTION_STATE_STR(
					"terminated;reason=noresource")),
		   NUTAG_SUBSTATE(last ? nua_substate_terminated : nua_substate_active),
		   SIPTAG_CONTENT_TYPE_STR("message/sipfrag;version=2.0"),
		   SIPTAG_PAYLOAD_STR(body), TAG_END());
	if (last)
		t->refer_event[0] = '\0';
}

/* The library has answered, and sends NOTIFY: it knows of what REFER has begun,
 * and of nothing else (403, 489). */
void refer_subscribed(struct trunk_leg *t, const struct happening *h)
{
	const sip_event_t *e = h->sip ? h->sip->sip_event : NULL;
	int substate = nua_substate_active;
	char event[32];

	if (h->status < 200) {
		request_answer(t->agent, h, SIP_489_BAD_EVENT);
		return;
	}
	tl_gets(h->tags, NUTAG_SUBSTATE_REF(substate), TAG_END());
	if (h->status >= 300 || substate != nua_substate_terminated || !e)
		return;
	snprintf(event, sizeof(event), "%s%s%s", e->o_type, e->o_id ? ";id=" : "",
		 e->o_id ? e->o_id : "");
	if (!strcmp(event, t->refer_event) || !e->o_id)
		t->refer_event[0] = '\0';
}

static void still_there(void *arg)
{
	struct trunk_leg *t = arg;

	if (t->state == LEG_UP || t->state == LEG_ANSWERED)
		trunk_leg_bye(t, CAUSE_NORMAL, "transferred");
}

/* Who has handed its partner on hangs up (RFC 5589 section 6.1). */
static void done(struct trunk_leg *t)
{
	notify(t, 200, true);
	timer_stop(&t->session);
	timer_start(agent_timers(t->agent), &t->timer,
		    t->agent->conf->timers[TIMER_TRANSFERRED], still_there, t);
}

void transfer_news(struct leg *l, enum referral_news news, const struct release *why)
{
	struct trunk_leg *t = list_entry(l, struct trunk_leg, leg);

	switch (news) {
	case REFERRAL_RINGING:
		notify(t, 180, false);
		return;
	case REFERRAL_PROGRESS:
		notify(t, 183, false);
		return;
	case REFERRAL_DONE:
		done(t);
		return;
	case REFERRAL_FAILED:
		log_info("%s: the transfer failed: %s", t->leg.name, why->why);
		notify(t, status_of_cause(why->cause), true);
		return;
	}
}

/* ----------------------------------------------------------------------- REFER */

static void refuse(struct trunk_leg *t, const struct happening *h, int status,
		   const char *why)
{
	log_info("%s: REFER refused with %d: %s", t->leg.name, status, why);
	nua_respond(h->nh, status, status_phrase(status),
		    NUTAG_WITH_THIS(t->agent->nua), ALLOWS(t), TAG_END());
}

/* Without a subscription where the far end wants none (RFC 4488). */
static void accept_it(struct trunk_leg *t, const struct happening *h)
{
	const sip_event_t *event = NULL;
	const char *sub = header_text(h->sip, "Refer-Sub");
	const sip_refer_sub_t *parsed = sip_refer_sub(h->sip);
	bool silent = (sub && !strncasecmp(sub, "false", 5)) ||
		      (parsed && parsed->rs_value &&
		       !strcasecmp(parsed->rs_value, "false"));

	tl_gets(h->tags, NUTAG_REFER_EVENT_REF(event), TAG_END());
	t->refer_event[0] = '\0';
	if (!silent)
		snprintf(t->refer_event, sizeof(t->refer_event), "%s%s%s",
			 event && event->o_type ? event->o_type : "refer",
			 event && event->o_id ? ";id=" : "",
			 event && event->o_id ? event->o_id : "");
	nua_respond(t->nh, SIP_202_ACCEPTED, NUTAG_WITH_THIS(t->agent->nua),
		    SIPTAG_CONTACT_STR(t->contact),
		    TAG_IF(silent, SIPTAG_HEADER_STR("Refer-Sub: false")), TAG_END());
	notify(t, 100, false);
}

/* Our own address, as the far end knows it. */
static bool is_ours(const struct trunk_leg *t, const url_t *url)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sip_contact_t *c = sip_contact_make(home, t->contact);
	bool same = c && c->m_url->url_host && url->url_host &&
		    !strcasecmp(c->m_url->url_host, url->url_host);

	su_home_deinit(home);
	return same;
}

/* Among its errors the library puts what it cannot read, by name, and a second
 * one of what may stand there once, as that header. */
static bool in_error(const sip_t *sip, const char *name)
{
	for (const sip_error_t *e = sip->sip_error; e; e = e->er_next) {
		const char *class = e->er_common->h_class->hc_name;
		const char *bad = class && *class ? class : e->er_name;

		if (bad && !strcasecmp(bad, name))
			return true;
	}
	return false;
}

/* What its Refer-To asks for can be done here; else the status that refuses it,
 * and why. */
static int check(const struct trunk_leg *t, const sip_t *sip, char *why, size_t size)
{
	const sip_refer_to_t *to = sip->sip_refer_to;
	char method[16] = "INVITE";
	const url_t *url;

	if (!to || in_error(sip, "Refer-To")) {
		snprintf(why, size, "it has no Refer-To, or several");
		return 400;
	}
	url = to->r_url;
	if (url->url_type != url_sip && url->url_type != url_tel &&
	    (url->url_type != url_sips || t->transport != TRANSPORT_TLS)) {
		snprintf(why, size, "Refer-To is no address that the trunk reaches");
		return 603;	/* with 416 the library ends the call */
	}
	if (url->url_params)
		url_param(url->url_params, "method", method, sizeof(method));
	if (strcasecmp(method, "INVITE")) {
		snprintf(why, size, "it asks for %.16s, not for a call", method);
		return 603;
	}
	if (url->url_type != url_tel && !is_ours(t, url) &&
	    !trunk_leg_is_provider(t, url)) {
		snprintf(why, size, "Refer-To is at another provider");
		return 603;
	}
	return 0;
}

/* The value of Replaces among the headers of a URI, unescaped; NULL: none. */
static char *replaces_in(su_home_t *home, const url_t *url)
{
	const char *name = "Replaces=";
	char *value, *end;

	for (const char *p = url->url_headers; p; p = strchr(p, '&')) {
		p += *p == '&';
		if (strncasecmp(p, name, strlen(name)))
			continue;
		value = su_strdup(home, p + strlen(name));
		if (!value)
			return NULL;
		end = strchr(value, '&');
		if (end)
			*end = '\0';
		url_unescape(value, value);
		return value;
	}
	return NULL;
}

static struct trunk_leg *leg_of_dialog(struct agent *a, const sip_replaces_t *r)
{
	nua_handle_t *nh = r->rp_call_id && r->rp_to_tag && r->rp_from_tag ?
				   nua_handle_by_replaces(a->nua, r) : NULL;
	struct trunk_leg *found = NULL;
	struct list_head *n;

	list_for_each(n, &a->legs) {
		struct trunk_leg *t = list_entry(n, struct trunk_leg, node);

		if (nh && t->nh == nh)
			found = t;
	}
	if (nh)
		nua_handle_unref(nh);
	return found;
}

/* To another call that it has with us. */
static void refer_to_call(struct trunk_leg *t, const struct happening *h,
			  const char *value)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sip_replaces_t *r = sip_replaces_make(home, value);
	struct trunk_leg *other = r ? leg_of_dialog(t->agent, r) : NULL;
	struct release why = { 0 };
	bool ours = other && other != t && other->provider == t->provider;

	su_home_deinit(home);
	if (!ours || leg_refer_to(&t->leg, &other->leg, &why)) {
		refuse(t, h, 603, ours ? why.why :
		       "its Replaces names no other call of the trunk with us");
		return;
	}
	accept_it(t, h);
	done(t);
	release_set(&why, CAUSE_NORMAL, false, "transferred");
	trunk_leg_end(other, &why);
}

static void refer_to_number(struct trunk_leg *t, const struct happening *h)
{
	char number[PARTY_NUMBER_SIZE];
	struct release why = { 0 };
	int err;

	party_number(number, h->sip->sip_refer_to->r_url);
	party_expand(t->agent, t->policy.number_format, number);
	if (!number[0]) {
		refuse(t, h, 603, "Refer-To has no number");
		return;
	}
	err = leg_refer(&t->leg, number, &why);
	if (err)
		refuse(t, h, err == -EALREADY ? 491 : 603, why.why);
	else
		accept_it(t, h);
}

void refer_in(struct trunk_leg *t, const struct happening *h)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	char why[96], *replaces;
	int status;

	if (h->status >= 200)
		return;
	if (t->policy.transfer != TRANSFER_ACCEPT) {
		refuse(t, h, 403, "transfer = \"accept\" of the trunk would permit it");
		return;
	}
	status = check(t, h->sip, why, sizeof(why));
	if (status) {
		refuse(t, h, status, why);
		return;
	}
	replaces = replaces_in(home, h->sip->sip_refer_to->r_url);
	if (replaces)
		refer_to_call(t, h, replaces);
	else
		refer_to_number(t, h);
	su_home_deinit(home);
}

/* -------------------------------------------------------- INVITE with Replaces */

int replaces_check(struct agent *a, const struct provider *p, const sip_t *sip,
		   struct trunk_leg **old, char *why, size_t size)
{
	const sip_replaces_t *r = sip->sip_replaces;
	struct trunk_leg *t;

	*old = NULL;
	if (!r && !in_error(sip, "Replaces"))
		return 0;
	snprintf(why, size, "it would replace a call, which transfer = \"accept\" "
		 "of the trunk permits");
	if (p->conf->transfer != TRANSFER_ACCEPT)
		return 403;
	snprintf(why, size, "its Replaces cannot be read");
	if (!r || in_error(sip, "Replaces") || !r->rp_call_id || !r->rp_to_tag || !r->rp_from_tag)
		return 400;
	t = leg_of_dialog(a, r);
	snprintf(why, size, "it would replace a call that there is not");
	if (!t || t->provider != p)
		return 481;
	switch (t->state) {
	case LEG_CALLING:
	case LEG_PROCEEDING:
		break;
	case LEG_UP:
	case LEG_ANSWERED:
		if (!r->rp_early_only)
			break;
		snprintf(why, size, "it would replace a call only before its answer");
		return 486;
	case LEG_NEW:
	case LEG_INVITED:	/* the far end made it: not to be replaced */
		return 481;
	default:
		snprintf(why, size, "it would replace a call that is over");
		return 603;
	}
	if (!t->leg.call) {
		snprintf(why, size, "it would replace a call that is over");
		return 603;
	}
	*old = t;
	return 0;
}

int replaces_take(struct trunk_leg *t, struct trunk_leg *old, struct release *why)
{
	int err = leg_replace(&old->leg, &t->leg, why);

	if (err)
		return err;
	release_set(why, CAUSE_NORMAL, false, "replaced");
	trunk_leg_end(old, why);
	return 0;
}
