/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The session timer (RFC 4028). The library agrees on interval and refresher in
 * the headers. Its own refresh is an UPDATE, also to one who takes none, or the
 * first INVITE once more, whatever has changed since; so ours comes before it.
 * A refresh says nothing new about the media: no pump hears of it.
 */
#include <stdlib.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_util.h>

#include "base/log.h"
#include "sip/leg.h"

#define AGAIN_MS 1000		/* something else is on its way */
#define RETRY_MS 2100		/* after a refusal (RFC 3261 section 14.1), and
				   up to */
#define RETRY_MORE_MS 1900	/* more */

static uint64_t now(const struct trunk_leg *t)
{
	return agent_timers(t->agent)->now_ms;
}

static bool supports(const sip_t *sip)
{
	return sip_has_feature(sip->sip_supported, "timer") ||
	       sip_has_feature(sip->sip_require, "timer");
}

void session_timer_read(struct session_ask *ask, const sip_t *sip)
{
	const sip_session_expires_t *x = sip->sip_session_expires;

	*ask = (struct session_ask){
		.supported = supports(sip),
		.expires_s = x ? (unsigned)x->x_delta : 0,
		.least_s = sip->sip_min_se ? (unsigned)sip->sip_min_se->min_delta : 0,
		.uas = x && x->x_refresher && !strcasecmp(x->x_refresher, "uas"),
	};
}

/* RFC 4028 section 10: a little before the end. */
static uint64_t last_moment(const struct trunk_leg *t)
{
	uint64_t third = t->session_s * 1000ull / 3;

	return t->session_end - (third < 33000 ? third : 33000);
}

static void expired(void *arg)
{
	struct trunk_leg *t = arg;

	trunk_leg_fail(t, CAUSE_TIMER_EXPIRED, "the far end did not confirm the "
		       "call within the session timer of %u s", t->session_s);
}

static void refresh(void *arg);

static void again(struct trunk_leg *t, uint64_t ms)
{
	uint64_t last = last_moment(t);

	if (now(t) + ms >= last)
		timer_start(agent_timers(t->agent), &t->session,
			    last > now(t) ? last - now(t) : 0, expired, t);
	else
		timer_start(agent_timers(t->agent), &t->session, ms, refresh, t);
}

static void refresh(void *arg)
{
	struct trunk_leg *t = arg;

	if (t->state != LEG_UP && t->state != LEG_ANSWERED)
		return;
	if (t->state != LEG_UP || t->reinviting || t->exchange != EXCHANGE_DONE) {
		again(t, AGAIN_MS);
		return;
	}
	t->challenged = 0;
	timer_start(agent_timers(t->agent), &t->session, last_moment(t) - now(t),
		    expired, t);
	if (t->updates)
		nua_update(t->nh, SIPTAG_CONTACT_STR(t->contact), TAG_END());
	else
		dialog_reinvite(t);
}

static void start(struct trunk_leg *t, unsigned interval_s, bool ours)
{
	t->session_s = interval_s;
	timer_stop(&t->session);
	if (!interval_s)
		return;
	t->session_end = now(t) + interval_s * 1000ull;
	if (ours)
		timer_start(agent_timers(t->agent), &t->session,
			    interval_s * 400ull, refresh, t);
	else
		timer_start(agent_timers(t->agent), &t->session,
			    last_moment(t) - now(t), expired, t);
}

void session_timer_asked(struct trunk_leg *t)
{
	const struct session_ask *a = &t->ask;
	unsigned interval = a->expires_s ? a->expires_s : t->policy.session_s;

	if (t->policy.session_s && interval > t->policy.session_s)
		interval = t->policy.session_s;
	if (interval && interval < t->policy.session_least_s)
		interval = t->policy.session_least_s;
	if (interval && interval < a->least_s)
		interval = a->least_s;
	start(t, interval, !a->supported || a->uas);
}

void session_timer_answered(struct trunk_leg *t, const sip_t *sip)
{
	struct session_ask answer;

	session_timer_read(&answer, sip);
	/* Who says nothing of timers is asked by us, to see that he lives. */
	start(t, answer.expires_s ? answer.expires_s : t->policy.session_s,
	      !answer.uas);
}

void session_timer_peer(struct trunk_leg *t, const sip_t *sip)
{
	if (sip && sip->sip_allow)
		t->updates = sip_is_allowed(sip->sip_allow, SIP_METHOD_UPDATE);
}

void session_timer_refused(struct trunk_leg *t, int status, const char *phrase)
{
	if (status == 408 || status == 481) {
		trunk_leg_fail(t, CAUSE_TIMER_EXPIRED, "the far end does not know "
			       "the call any more: %d %s", status, phrase);
		return;
	}
	if (!t->session_s || t->state != LEG_UP)
		return;
	log_info("%s: the call's confirmation was refused: %d %s", t->leg.name,
		 status, phrase);
	if ((status == 405 || status == 501) && t->updates) {
		t->updates = false;
		again(t, 0);
		return;
	}
	again(t, RETRY_MS + arc4random_uniform(RETRY_MORE_MS));
}
