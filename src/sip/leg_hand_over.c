/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * A REFER of ours. Until a NOTIFY says that the far ends are connected, they talk
 * through us, and go on doing so when it is refused, fails or is not answered for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/su_alloc.h>
#include <sofia-sip/url.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/leg.h"

static struct trunk_leg *of(struct leg *l)
{
	return list_entry(l, struct trunk_leg, leg);
}

void hand_over_peer(struct hand_over *o, const sip_t *sip)
{
	const sip_contact_t *c = sip ? sip->sip_contact : NULL;

	if (sip && sip->sip_allow)
		o->refuses = !sip_is_allowed(sip->sip_allow, SIP_METHOD_REFER);
	/* Cut off it would be another's. */
	if (c && c->m_url->url_host) {
		url_t url = *c->m_url;

		url.url_headers = NULL;
		if (url_e(o->target, sizeof(o->target), &url) >= (issize_t)sizeof(o->target))
			o->target[0] = '\0';
	}
}

void hand_over_forget(struct hand_over *o)
{
	timer_stop(&o->timer);
	free(o->refer_to);
	o->refer_to = NULL;
}

/* ---------------------------------------------------------------------- REFER */

/* Who answers to another call's Replaces only: without Require one that does not
 * know Replaces would ring for a further call. */
static char *refer_to(const struct trunk_leg *other)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	sip_replaces_t *r = nua_handle_make_replaces(other->nh, home, 0);
	const char *text = r ? sip_header_as_string(home, (sip_header_t *)r) : NULL;
	char *escaped = text ? su_alloc(home, 3 * strlen(text) + 1) : NULL, *made = NULL;

	if (escaped) {
		url_escape(escaped, text, ";/?:@&=+$,<>\"");
		if (asprintf(&made, "<%s?Replaces=%s&Require=replaces>",
			     other->hand_over.target, escaped) < 0)
			made = NULL;
	}
	su_home_deinit(home);
	return made;
}

int hand_over(struct leg *l, struct leg *other)
{
	struct trunk_leg *t = of(l), *o = of(other);

	if (other->ops != l->ops || o->provider != t->provider ||
	    t->policy.transfer_out != TRANSFER_OUT_REFER ||
	    t->hand_over.state != HAND_OVER_NONE)
		return -EPERM;
	if (t->state != LEG_UP || o->state != LEG_UP || !o->hand_over.target[0])
		return -EAGAIN;
	if (t->hand_over.refuses) {
		log_info("%s: the far end takes no REFER, says its Allow", l->name);
		return -EOPNOTSUPP;
	}
	t->hand_over.refer_to = refer_to(o);
	if (!t->hand_over.refer_to)
		return -ENOMEM;
	t->hand_over.state = HAND_OVER_WANTED;
	hand_over_go(t);
	return 0;
}

void hand_over_go(struct trunk_leg *t)
{
	struct hand_over *o = &t->hand_over;
	const sip_to_t *local = t->nh ? nua_handle_local(t->nh) : NULL;
	sip_referred_by_t by;

	if (o->state != HAND_OVER_WANTED || t->reinviting ||
	    t->exchange != EXCHANGE_DONE || t->state != LEG_UP)
		return;
	o->state = HAND_OVER_SENT;
	sip_referred_by_init(&by);
	if (local)
		*by.b_url = *local->a_url;
	nua_refer(t->nh, SIPTAG_REFER_TO_STR(o->refer_to),
		  TAG_IF(local, SIPTAG_REFERRED_BY(&by)),
		  SIPTAG_CONTACT_STR(t->contact), ALLOWS(t), TAG_END());
	hand_over_forget(o);
}

/* ------------------------------------------------------------ what comes of it */

static void failed(struct trunk_leg *t, enum hand_over_state state, enum cause cause,
		   const char *why)
{
	struct release r;

	t->hand_over.state = state;
	timer_stop(&t->hand_over.timer);
	release_set(&r, cause, true, "%s", why);
	leg_handed_over(&t->leg, &r);
}

static void done(struct trunk_leg *t)
{
	t->hand_over.state = HAND_OVER_OVER;
	timer_stop(&t->hand_over.timer);
	leg_handed_over(&t->leg, NULL);
}

static void no_word(void *arg)
{
	failed(arg, HAND_OVER_LATE, CAUSE_TIMER_EXPIRED,
	       "REFER was accepted, but no NOTIFY told the end of it in time");
}

void hand_over_response(struct trunk_leg *t, const struct happening *h)
{
	struct hand_over *o = &t->hand_over;
	const sip_event_t *event = NULL;
	char why[96];

	tl_gets(h->tags, NUTAG_REFER_EVENT_REF(event), TAG_END());
	if (event && event->o_id)
		snprintf(o->id, sizeof(o->id), "%s", event->o_id);
	if (o->state != HAND_OVER_SENT || (h->status < 200 && !h->sip))
		return;
	if (dialog_proven(t, h, &o->challenged))
		return;
	if (h->status < 200)
		return;
	if (h->status >= 300) {
		snprintf(why, sizeof(why), "REFER refused: %d %.60s", h->status, h->phrase);
		failed(t, HAND_OVER_OVER, cause_of_status(h->status), why);
		return;
	}
	o->state = HAND_OVER_ACCEPTED;
	timer_start(agent_timers(t->agent), &o->timer,
		    t->agent->conf->timers[TIMER_REFER] * 1000ull, no_word, t);
}

/* RFC 3515 section 2.4.5: a status line. 0: none. */
static int fragment_status(const sip_t *sip)
{
	const sip_payload_t *pl = sip->sip_payload;
	const char *type = sip->sip_content_type ? sip->sip_content_type->c_type : "";
	char line[32], after = '\n';
	int status = 0;
	size_t n;

	if (!pl || strcasecmp(type, "message/sipfrag"))
		return 0;
	n = pl->pl_len < sizeof(line) - 1 ? pl->pl_len : sizeof(line) - 1;
	memcpy(line, pl->pl_data, n);
	line[n] = '\0';
	if (sscanf(line, "SIP/2.0 %3d%c", &status, &after) < 1 ||
	    !strchr(" \r\n", after) || status < 100 || status > 699)
		return 0;
	return status;
}

static void take(struct trunk_leg *t, const sip_t *sip)
{
	const sip_subscription_state_t *s = sip->sip_subscription_state;
	bool last = s && s->ss_substate && !strcasecmp(s->ss_substate, "terminated");
	int status = fragment_status(sip);
	char why[80];

	if (status >= 200 && status < 300) {
		done(t);
		return;
	}
	if (status < 300 && !last)
		return;
	if (t->hand_over.state == HAND_OVER_LATE) {
		t->hand_over.state = HAND_OVER_OVER;
		return;
	}
	if (status >= 300)
		snprintf(why, sizeof(why), "REFER came to nothing: %d %s", status,
			 status_phrase(status));
	else
		snprintf(why, sizeof(why), "its NOTIFYs ended without a result: %.30s",
			 s->ss_reason ? s->ss_reason : "no reason");
	failed(t, HAND_OVER_OVER, status >= 300 ? cause_of_status(status) :
	       CAUSE_INTERWORKING, why);
}

void hand_over_notified(struct trunk_leg *t, const struct happening *h)
{
	const struct hand_over *o = &t->hand_over;
	const sip_event_t *e = h->sip ? h->sip->sip_event : NULL;
	bool open = o->state == HAND_OVER_SENT || o->state == HAND_OVER_ACCEPTED ||
		    o->state == HAND_OVER_LATE;

	if (!h->sip)		/* the library's own: its time is over */
		return;
	if (!e || !e->o_type || strcasecmp(e->o_type, "refer")) {
		request_answer(t->agent, h, SIP_489_BAD_EVENT);
		return;
	}
	if (!open || (e->o_id && strcmp(e->o_id, o->id))) {
		request_answer(t->agent, h, SIP_481_NO_TRANSACTION);
		return;
	}
	request_answer(t->agent, h, SIP_200_OK);
	take(t, h->sip);
}

void hand_over_ended(struct trunk_leg *t)
{
	struct list_head *n;

	list_for_each(n, &t->agent->legs) {
		struct trunk_leg *by = list_entry(n, struct trunk_leg, node);

		if (by == t || !t->leg.call || by->leg.call != t->leg.call ||
		    by->hand_over.state != HAND_OVER_ACCEPTED)
			continue;
		log_info("%s: the far end ended its call after a REFER to the other",
			 t->leg.name);
		done(by);
		return;
	}
}
