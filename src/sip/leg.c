/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A call's side towards a provider: its life, and core's operations. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/digest.h"
#include "sip/leg.h"

/* A peer that answers neither BYE nor CANCEL is forgotten: the library repeats
 * for 32 s. */
#define ENDING_MS 34000

static struct trunk_leg *of(struct leg *l)
{
	return list_entry(l, struct trunk_leg, leg);
}

/* ------------------------------------------------------------------- making */

static char *copy(const char *text, bool *ok)
{
	char *s = text ? strdup(text) : NULL;

	*ok = *ok && (s || !text);
	return s;
}

struct trunk_leg *trunk_leg_new(struct provider *p, const struct account *account)
{
	struct trunk_leg *t = calloc(1, sizeof(*t));
	const struct config_trunk *c = p->conf;
	bool ok = true;

	if (!t)
		return NULL;
	t->owner.happened = dialog_happened;
	t->owner.proving = dialog_proving;
	t->agent = p->agent;
	t->provider = p;
	t->leg.ops = &trunk_leg_ops;
	t->leg.kind = "sip";
	snprintf(t->leg.name, sizeof(t->leg.name), "%s", c->name);
	t->transport = c->transport;
	t->dtmf = c->dtmf;
	t->nat = c->nat;
	t->local.srtp = c->srtp;
	t->fixed_route = c->proxy[0];
	t->policy = (struct leg_policy){
		.identity = c->identity, .number_format = c->number_format,
		.called_uri = c->called_uri,
		.diversion = c->diversion, .reliable = c->reliable,
		.redirect = c->redirect, .transfer = c->transfer,
		.transfer_out = c->transfer_out, .session_s = c->session_s,
		.session_least_s = c->session_least_s,
	};
	t->user = copy(account->user, &ok);
	t->auth_user = copy(account->auth_user, &ok);
	t->secret = copy(account->secret, &ok);
	t->domain = copy(provider_domain(p), &ok);
	t->route = copy(account->service_route, &ok);
	t->local.codec_count = (unsigned)c->codec_count;
	memcpy(t->local.codec, c->codecs, sizeof(t->local.codec));
	t->local.ptime = c->ptime;
	t->local.events = c->dtmf == DTMF_RFC4733;
	t->local.direction = OFFER_SEND | OFFER_RECEIVE;
	list_add_before(&p->agent->legs, &t->node);
	p->legs++;
	t->candidates = provider_candidates(p, account, t->candidate);
	if (ok)
		return t;
	trunk_leg_bury(t);
	return NULL;
}

struct leg *trunk_leg_outgoing(struct trunk *trunk, const struct config_line *line)
{
	struct provider *p = (struct provider *)trunk;
	struct trunk_leg *t;

	if (p->agent->state != AGENT_RUNS || trunk->draining) {
		errno = ESHUTDOWN;
		return NULL;
	}
	t = trunk_leg_new(p, provider_account(p, line ? line->name : NULL));
	if (!t) {
		errno = ENOMEM;
		return NULL;
	}
	t->state = LEG_NEW;
	return &t->leg;
}

void trunk_leg_bury(struct trunk_leg *t)
{
	struct media_end *end = t->leg.end;

	if (t->state == LEG_DEAD)
		return;
	t->state = LEG_DEAD;
	timer_stop(&t->timer);
	timer_stop(&t->ring);
	timer_stop(&t->session);
	hand_over_forget(&t->hand_over);
	if (t->nh)
		nua_handle_destroy(t->nh);
	t->nh = NULL;
	t->leg.end = NULL;
	if (end)
		end->media->ops->free(end);
	list_remove(&t->node);
	list_add_before(&t->agent->dead, &t->node);
	provider_leg_gone(t->provider);
}

void trunk_leg_free(struct trunk_leg *t)
{
	fork_forget(t);
	free(t->user);
	free(t->auth_user);
	secret_free(t->secret);
	free(t->domain);
	free(t->route);
	explicit_bzero(t, sizeof(*t));	/* keys of SRTP */
	free(t);
}

/* ------------------------------------------------------------------- ending */

/* No voice any more, though the signalling goes on for a while. */
static void silence(struct trunk_leg *t)
{
	struct media_end *end = t->leg.end;

	t->leg.end = NULL;
	if (end)
		end->media->ops->free(end);
}

static void forgotten(void *arg)
{
	struct trunk_leg *t = arg;

	log_debug("%s: the far end did not confirm the end of a call",
		  t->leg.name);
	trunk_leg_bury(t);
}

static void ending(struct trunk_leg *t, enum trunk_leg_state state)
{
	t->state = state;
	silence(t);
	timer_stop(&t->ring);
	timer_stop(&t->session);
	hand_over_forget(&t->hand_over);
	timer_start(agent_timers(t->agent), &t->timer, ENDING_MS, forgotten, t);
}

void trunk_leg_ending(struct trunk_leg *t)
{
	t->challenged = 0;
	ending(t, LEG_ENDING);
}

void trunk_leg_bye(struct trunk_leg *t, enum cause cause, const char *text)
{
	char reason[160];

	reason_write(reason, sizeof(reason), cause, text);
	/* RFC 3261 section 15: not before the ACK. */
	if (t->state == LEG_ANSWERED) {
		ending(t, LEG_ANSWERED_ENDING);
		return;
	}
	nua_bye(t->nh, SIPTAG_REASON_STR(reason), TAG_END());
	trunk_leg_ending(t);
}

void trunk_leg_end(struct trunk_leg *t, const struct release *r)
{
	switch (t->state) {
	case LEG_NEW:
		trunk_leg_bury(t);
		break;
	case LEG_CALLING:
	case LEG_PROCEEDING:
		outgoing_cancel(t, r);
		ending(t, LEG_CANCELLING);
		break;
	case LEG_INVITED:
		incoming_refuse(t, r);
		trunk_leg_bury(t);
		break;
	case LEG_ANSWERED:
	case LEG_UP:
		trunk_leg_bye(t, r->cause, r->why);
		break;
	case LEG_CANCELLING:
	case LEG_ANSWERED_ENDING:
	case LEG_ENDING:
	case LEG_DEAD:
		break;
	}
}

void trunk_leg_fail(struct trunk_leg *t, enum cause cause, const char *format, ...)
{
	struct release r = { .cause = cause };
	va_list ap;

	va_start(ap, format);
	vsnprintf(r.why, sizeof(r.why), format, ap);
	va_end(ap);
	leg_released(&t->leg, &r);
	trunk_leg_end(t, &r);
}

static void release(struct leg *l, const struct release *r)
{
	trunk_leg_end(of(l), r);
}

/* -------------------------------------------------------------------- events */

enum cause cause_told(const sip_t *sip, enum cause otherwise)
{
	const sip_reason_t *re;

	for (re = sip ? sip->sip_reason : NULL; re; re = re->re_next) {
		int cause = re->re_cause ? atoi(re->re_cause) : 0;

		if (re->re_protocol && !strcasecmp(re->re_protocol, "Q.850") &&
		    cause > 0 && cause < 128)
			return (enum cause)cause;
	}
	return otherwise;
}

void trunk_leg_media(void *owner, const struct media_event *e)
{
	struct trunk_leg *t = owner;

	/* By then the leg may be gone. */
	if (e->type == MEDIA_FREED || !t)
		return;
	switch (e->type) {
	case MEDIA_DIGIT:
		if (e->digit.digit == 'F')
			leg_flash(&t->leg);
		else
			leg_digit(&t->leg, e->digit.digit, e->digit.ms);
		break;
	case MEDIA_RTP_FIRST:
		/* 180 with a description: whether ringback comes in it, only
		 * the first packet tells. */
		if (t->state == LEG_PROCEEDING && !t->early &&
		    t->exchange == EXCHANGE_DONE) {
			t->early = true;
			leg_progress(&t->leg);
		}
		break;
	case MEDIA_RTP_DEAD:
		trunk_leg_fail(t, CAUSE_TIMER_EXPIRED,
			       "no RTP from the far end for %u s",
			       t->agent->conf->rtp.dead_s);
		break;
	default:
		break;
	}
}

const struct leg_ops trunk_leg_ops = {
	.offer = outgoing_offer,
	.proceeding = incoming_proceeding,
	.alert = incoming_alert,
	.progress = incoming_progress,
	.answer = incoming_answer,
	.connected = incoming_connected,
	.digit = dialog_digit,
	.flash = dialog_flash,
	.hold = dialog_hold,
	.referred = transfer_news,
	.hand_over = hand_over,
	.release = release,
};
