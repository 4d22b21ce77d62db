/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
/* What happens inside a call: BYE, CANCEL, hold, changes, digits. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/nua_tag.h>
#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/cause_map.h"
#include "sip/leg.h"

static struct trunk_leg *of(struct leg *l)
{
	return list_entry(l, struct trunk_leg, leg);
}

/* ----------------------------------------------------------- the far end ends */

static void far_end_ends(struct trunk_leg *t, const sip_t *sip, const char *why)
{
	struct release r;

	release_set(&r, cause_told(sip, CAUSE_NORMAL), true, "%s", why);
	hand_over_ended(t);
	leg_released(&t->leg, &r);
	/* The library has answered already. */
	trunk_leg_bury(t);
}

/* The library sends BYE by itself where a 2xx of ours, its own repeats of it
 * notwithstanding, was not acknowledged within 64*T1 (RFC 3261 section 13.3.1.4);
 * nobody waits for the answer. */
static void unacknowledged(struct trunk_leg *t)
{
	struct release r;

	if (t->state != LEG_ANSWERED && t->state != LEG_ANSWERED_ENDING &&
	    t->state != LEG_UP)
		return;
	if (t->state != LEG_ANSWERED_ENDING) {
		release_set(&r, CAUSE_TIMER_EXPIRED, true, "the far end did not "
			    "confirm our 200 with ACK");
		leg_released(&t->leg, &r);
	}
	trunk_leg_ending(t);
}

/* The library says so when a session is over, whoever ended it. */
static void session_state(struct trunk_leg *t, const struct happening *h)
{
	int state = nua_callstate_init;
	struct release r;

	tl_gets(h->tags, NUTAG_CALLSTATE_REF(state), TAG_END());
	if (state == nua_callstate_terminating)
		unacknowledged(t);
	if (state != nua_callstate_terminated)
		return;
	/* A request of ours that is to be tried elsewhere has its own events. */
	if (t->state == LEG_CALLING || t->state == LEG_PROCEEDING)
		return;
	release_set(&r, h->status == 408 ? CAUSE_TIMER_EXPIRED :
		    CAUSE_TEMPORARY_FAILURE, true, "the session ended: %s",
		    h->phrase);
	leg_released(&t->leg, &r);
	trunk_leg_bury(t);
}

/* ---------------------------------------------------------- offers on the way */

static void refuse_change(struct trunk_leg *t, int status, const char *why,
			  const char *warning)
{
	log_info("%s: a change of the session refused with %d: %s", t->leg.name,
		 status, why);
	nua_respond(t->nh, status, status_phrase(status),
		    NUTAG_WITH_THIS(t->agent->nua),
		    TAG_IF(status == 415, SIPTAG_ACCEPT_STR(SESSION_ACCEPTS)),
		    TAG_IF(warning, SIPTAG_WARNING_STR(warning)),
		    TAG_IF(status == 500, SIPTAG_RETRY_AFTER_STR("3")),
		    TAG_END());
}

/* The far end has shown that it is there. */
static void confirmed(struct trunk_leg *t)
{
	if (t->state == LEG_UP || t->state == LEG_ANSWERED)
		session_timer_asked(t);
}

/* A re-INVITE or UPDATE; the call goes on as before when it is refused. */
static void changed(struct trunk_leg *t, const struct happening *h)
{
	bool update = h->event == nua_i_update;
	enum exchange before = t->exchange;
	char why[96] = "";
	const char *body;
	int err, n = session_body(h->sip, &body);

	if (h->status >= 200)
		return;
	if (n < 0) {
		refuse_change(t, 415, "its body has no application/sdp", NULL);
		return;
	}
	hand_over_peer(&t->hand_over, h->sip);
	if (!update || h->sip->sip_session_expires)
		session_timer_read(&t->ask, h->sip);
	/* An UPDATE without one keeps the session alive; a re-INVITE without one
	 * asks for ours. */
	if (!n && update) {
		nua_respond(t->nh, SIP_200_OK, NUTAG_WITH_THIS(t->agent->nua),
			    SIPTAG_CONTACT_STR(t->contact), ALLOWS(t), TAG_END());
		confirmed(t);
		return;
	}
	/* RFC 3311 section 5.2. */
	if (n && before != EXCHANGE_DONE && t->state != LEG_ANSWERED) {
		refuse_change(t, before == EXCHANGE_RECEIVED ? 500 : 491,
			      "an offer is on its way already", NULL);
		return;
	}
	t->exchange = EXCHANGE_NONE;
	if (n)
		err = session_take(t, h->sip, why, sizeof(why));
	else
		err = session_offer(t);
	if (!err && n)
		err = session_answer(t);
	if (err) {
		t->exchange = before;
		refuse_change(t, err == -EINVAL ? 400 : 488, why,
			      session_warning(err));
		return;
	}
	nua_respond(t->nh, SIP_200_OK, NUTAG_WITH_THIS(t->agent->nua),
		    SIPTAG_CONTACT_STR(t->contact), ALLOWS(t),
		    SIPTAG_CONTENT_TYPE_STR("application/sdp"),
		    SIPTAG_PAYLOAD_STR(t->sdp), TAG_END());
	confirmed(t);
	if (n)
		session_apply(t);
}

/* -------------------------------------------------------------- our own hold */

void dialog_reinvite(struct trunk_leg *t)
{
	t->local.direction = t->hold_wanted ? OFFER_SEND :
					      OFFER_SEND | OFFER_RECEIVE;
	if (session_offer(t))
		return;
	t->reinviting = true;
	t->challenged = 0;
	t->moved = false;
	t->hold_sent = t->hold_wanted;
	nua_invite(t->nh, SIPTAG_CONTACT_STR(t->contact), ALLOWS(t),
		   SIPTAG_CONTENT_TYPE_STR("application/sdp"),
		   SIPTAG_PAYLOAD_STR(t->sdp), TAG_END());
}

static bool has_news(const struct trunk_leg *t)
{
	return t->hold_wanted != t->hold_sent || t->moved;
}

void dialog_settled(struct trunk_leg *t)
{
	if (t->state == LEG_UP && !t->reinviting && has_news(t))
		dialog_reinvite(t);
	hand_over_go(t);
}

static void try_again(void *arg)
{
	dialog_settled(arg);
}

void dialog_moved(struct trunk_leg *t)
{
	if (!session_moved(t))
		return;
	t->moved = true;
	if (t->state == LEG_UP && !t->reinviting && t->exchange == EXCHANGE_DONE)
		dialog_reinvite(t);
}

void dialog_hold(struct leg *l, bool held)
{
	struct trunk_leg *t = of(l);

	t->hold_wanted = held;
	if (t->state == LEG_UP && !t->reinviting && t->exchange == EXCHANGE_DONE &&
	    t->hold_sent != held)
		dialog_reinvite(t);
}

void dialog_proving(struct owner *o, struct proving *by)
{
	struct trunk_leg *t = list_entry(o, struct trunk_leg, owner);

	*by = (struct proving){ t->auth_user, t->secret, t->provider->conf->realm };
}

bool dialog_proven(struct trunk_leg *t, const struct happening *h, unsigned *times)
{
	struct proving by;

	dialog_proving(&t->owner, &by);
	if (!response_proven(h, &by, times))
		return false;
	t->proven = h->event;
	return true;
}

void dialog_begins(struct trunk_leg *t)
{
	nua_set_hparams(t->nh, NUTAG_RETRY_COUNT(DIALOG_RETRIES), TAG_END());
}

static void reinvite_accepted(struct trunk_leg *t, const struct happening *h,
			      bool ours)
{
	char why[96];
	int err;

	/* A refresh by the library goes without a description; then the 200
	 * brings an offer and the ACK our answer. */
	if (!ours)
		t->exchange = EXCHANGE_NONE;
	err = session_take(t, h->sip, why, sizeof(why));
	if (!err && !ours)
		err = session_answer(t);
	if (ours || err)
		nua_ack(t->nh, TAG_END());
	else
		nua_ack(t->nh, SIPTAG_CONTENT_TYPE_STR("application/sdp"),
			SIPTAG_PAYLOAD_STR(t->sdp), TAG_END());
	t->exchange = EXCHANGE_DONE;
	session_timer_answered(t, h->sip);
	hand_over_peer(&t->hand_over, h->sip);
	if (!err)
		session_apply(t);
}

void dialog_reinvite_response(struct trunk_leg *t, const struct happening *h)
{
	bool ours = t->reinviting;

	if (h->status < 200 || dialog_proven(t, h, &t->challenged))
		return;
	t->reinviting = false;
	if (h->status < 300) {
		reinvite_accepted(t, h, ours);
	} else {
		t->exchange = EXCHANGE_DONE;
		if (h->status == 491 || h->status == 500) {
			/* RFC 3261 section 14.1: between 2.1 and 4 s. */
			t->moved = true;
			timer_start(agent_timers(t->agent), &t->timer,
				    2100 + arc4random_uniform(1900), try_again, t);
			return;
		}
		session_timer_refused(t, h->status, h->phrase);
	}
	dialog_settled(t);
}

static void update_response(struct trunk_leg *t, const struct happening *h)
{
	if (h->status < 200 || t->state != LEG_UP ||
	    dialog_proven(t, h, &t->challenged))
		return;
	if (h->status < 300)
		session_timer_answered(t, h->sip);
	else
		session_timer_refused(t, h->status, h->phrase);
}

/* --------------------------------------------------------------------- digits */

/* "Signal=5" of application/dtmf-relay, or the digit alone. */
static char info_digit(const char *text, unsigned *ms)
{
	const char *signal = strcasestr(text, "signal");
	const char *duration = strcasestr(text, "duration");

	*ms = 0;
	if (duration) {
		duration += strcspn(duration, "=");
		*ms = (unsigned)strtoul(duration + !!*duration, NULL, 10);
	}
	if (*ms < 40 || *ms > 5000)
		*ms = 100;
	if (signal) {
		signal += strcspn(signal, "=");
		text = signal + !!*signal;
	}
	text += strspn(text, " \t");
	if (!strncasecmp(text, "flash", 5) || !strncasecmp(text, "hf", 2))
		return 'F';
	switch (atoi(text)) {
	case 10:
		return '*';
	case 11:
		return '#';
	case 12: case 13: case 14: case 15:
		return (char)('A' + atoi(text) - 12);
	case 16:
		return 'F';
	}
	return strchr("0123456789*#ABCD", toupper((unsigned char)*text)) && *text ?
		       (char)toupper((unsigned char)*text) : '\0';
}

static void info(struct trunk_leg *t, const struct happening *h)
{
	const sip_t *sip = h->sip;
	const char *type = sip->sip_content_type ? sip->sip_content_type->c_type : "";
	char text[256], digit;
	unsigned ms;
	size_t n;

	/* Whatever it says, it means one thing. */
	if (!strcasecmp(type, "application/hook-flash")) {
		request_answer(t->agent, h, SIP_200_OK);
		leg_flash(&t->leg);
		return;
	}
	if (!sip->sip_payload || !sip->sip_payload->pl_len) {
		request_answer(t->agent, h, SIP_200_OK);
		return;
	}
	if (strcasecmp(type, "application/dtmf-relay") &&
	    strcasecmp(type, "application/dtmf")) {
		nua_respond(t->nh, SIP_415_UNSUPPORTED_MEDIA,
			    NUTAG_WITH_THIS(t->agent->nua),
			    SIPTAG_ACCEPT_STR("application/dtmf-relay, "
					      "application/dtmf, "
					      "application/hook-flash"), TAG_END());
		return;
	}
	n = sip->sip_payload->pl_len;
	if (n >= sizeof(text))
		n = sizeof(text) - 1;
	memcpy(text, sip->sip_payload->pl_data, n);
	text[n] = '\0';
	digit = info_digit(text, &ms);
	if (!digit) {
		request_answer(t->agent, h, 400, "Bad Signal");
		return;
	}
	request_answer(t->agent, h, SIP_200_OK);
	if (digit == 'F')
		leg_flash(&t->leg);
	else
		leg_digit(&t->leg, digit, ms);
}

void dialog_digit(struct leg *l, char digit, unsigned ms)
{
	struct trunk_leg *t = of(l);
	const struct media_ops *ops = t->agent->media->ops;
	char body[48];

	/* Without events the digit is in the audio, and goes that way. */
	if (t->dtmf != DTMF_INFO) {
		if (l->end && t->choice.event_payload)
			ops->digit(l->end, digit, ms ? ms : 100);
		return;
	}
	if (t->state != LEG_UP)
		return;
	if (digit == 'F')
		snprintf(body, sizeof(body), "Signal=16\r\nDuration=%u\r\n",
			 ms ? ms : 100);
	else
		snprintf(body, sizeof(body), "Signal=%c\r\nDuration=%u\r\n", digit,
			 ms ? ms : 100);
	nua_info(t->nh, SIPTAG_CONTENT_TYPE_STR("application/dtmf-relay"),
		 SIPTAG_PAYLOAD_STR(body), TAG_END());
}

static void digit_response(struct trunk_leg *t, const struct happening *h)
{
	unsigned times = 0;	/* the library bounds it */

	if (h->status < 300 || dialog_proven(t, h, &times))
		return;
	log_info("%s: a digit was refused: %d %s; see dtmf", t->leg.name, h->status,
		 h->phrase);
}

void dialog_flash(struct leg *l)
{
	dialog_digit(l, 'F', 100);
}

/* --------------------------------------------------------------------- events */

static void response(struct trunk_leg *, const struct happening *);

/* Nothing waited for our proof: the library had given it already, and the challenge
 * was a refusal. */
static void refused_in_spite(struct trunk_leg *t, const struct happening *h)
{
	const struct happening refusal = { .event = t->proven, .status = 401,
					   .phrase = "Unauthorized", .nh = h->nh,
					   .tags = h->tags };

	if (t->state == LEG_CALLING || t->state == LEG_PROCEEDING)
		trunk_leg_fail(t, CAUSE_REJECTED, "%s", h->phrase);
	else
		response(t, &refusal);
}

static void response(struct trunk_leg *t, const struct happening *h)
{
	switch (h->event) {
	case nua_r_invite:
		if (t->state == LEG_UP || t->state == LEG_ANSWERED)
			dialog_reinvite_response(t, h);
		else if (t->state == LEG_ENDING && h->status >= 200 &&
			 h->status < 300)
			nua_ack(t->nh, TAG_END());
		else if (t->state != LEG_ENDING)
			outgoing_response(t, h);
		break;
	case nua_r_refer:
		hand_over_response(t, h);
		break;
	case nua_r_update:
		update_response(t, h);
		break;
	case nua_r_info:
		digit_response(t, h);
		break;
	case nua_r_bye:
		if (h->status >= 200 && t->state == LEG_ENDING &&
		    !dialog_proven(t, h, &t->challenged))
			trunk_leg_bury(t);
		break;
	case nua_r_authenticate:
		if (h->status >= 200)
			refused_in_spite(t, h);
		break;
	default:
		break;
	}
}

void dialog_happened(struct owner *o, const struct happening *h)
{
	struct trunk_leg *t = list_entry(o, struct trunk_leg, owner);

	switch (h->event) {
	case nua_i_invite:
	case nua_i_update:
		changed(t, h);
		break;
	case nua_i_ack:
	case nua_i_prack:
		incoming_acknowledged(t, h);
		break;
	case nua_i_cancel:
		far_end_ends(t, h->sip, "the far end cancelled");
		break;
	case nua_i_bye:
		far_end_ends(t, h->sip, "the far end hung up");
		break;
	case nua_i_info:
		info(t, h);
		break;
	case nua_i_refer:
		refer_in(t, h);
		break;
	case nua_i_subscribe:
		refer_subscribed(t, h);
		break;
	case nua_i_notify:
		hand_over_notified(t, h);
		break;
	case nua_i_options:
		nua_respond(t->nh, SIP_200_OK, NUTAG_WITH_THIS(t->agent->nua), TAG_END());
		break;
	case nua_i_state:
		session_state(t, h);
		break;
	default:
		if (nua_event_is_incoming_request(h->event))
			request_answer(t->agent, h, 405, status_phrase(405));
		else
			response(t, h);
		break;
	}
}
