/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE	/* explicit_bzero */
/* A leg's voice path: between descriptions, media and core. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sofia-sip/sip_header.h>

#include "base/log.h"
#include "sip/body.h"
#include "sip/leg.h"
#include "sip/outside.h"

/* What our description tells as our address: what the user says, or the bound
 * one, or the one from which the kernel reaches the peer. */
static int own_address(struct trunk_leg *t, struct sockaddr_storage *bind_to,
		       const struct sockaddr *peer)
{
	const struct config *c = t->agent->conf;
	const struct sockaddr *outside;
	struct sockaddr_storage at;
	int err;

	*bind_to = c->rtp.local;
	if (!bind_to->ss_family || (address_is_any((struct sockaddr *)bind_to) &&
				    bind_to->ss_family != peer->sa_family)) {
		memset(bind_to, 0, sizeof(*bind_to));
		bind_to->ss_family = peer->sa_family;
	}
	if (address_is_any((struct sockaddr *)bind_to)) {
		err = address_towards(&at, peer);
		if (err)
			return err;
	} else {
		at = *bind_to;
	}
	outside = outside_address(t->provider->outside, at.ss_family);
	t->local.ipv6 = at.ss_family == AF_INET6;
	address_host(t->local.address, outside ? outside : (struct sockaddr *)&at,
		     false);
	return 0;
}

int session_open(struct trunk_leg *t, const struct sockaddr *peer, char *why,
		 size_t size)
{
	const struct config *c = t->agent->conf;
	struct media_rtp_conf rtp = {
		.port_min = c->rtp.port_min, .port_max = c->rtp.port_max,
		.dscp = c->rtp.dscp, .jitter_min_ms = c->rtp.jitter_min_ms,
		.jitter_max_ms = c->rtp.jitter_max_ms,
	};
	const struct media_ops *ops = t->agent->media->ops;
	int err = own_address(t, &rtp.local, peer);

	if (err) {
		snprintf(why, size, "no address of ours reaches the far end: %s",
			 strerror(-err));
		return err;
	}
	snprintf(rtp.cname, sizeof(rtp.cname), "%08x@%.48s", arc4random(),
		 t->local.address);
	memcpy(&t->peer, peer, address_size(peer));
	if (t->local.srtp)
		offer_keys(&t->local);
	errno = 0;
	memset(&t->applied, 0, sizeof(t->applied));
	t->leg.end = ops->rtp_new(t->agent->media, &rtp, trunk_leg_media, t);
	if (!t->leg.end) {
		err = errno ? -errno : -ENOMEM;
		snprintf(why, size, err == -EADDRINUSE ?
			 "no RTP port is free; see rtp.ports" :
			 "no RTP socket: %s", strerror(-err));
		return err;
	}
	t->local.port = ops->rtp_port(t->leg.end);
	t->local.session = ((uint64_t)arc4random() << 16) | (arc4random() & 0xffff);
	t->local.version = t->local.session;
	return 0;
}

bool session_moved(struct trunk_leg *t)
{
	const struct sockaddr *peer = (const struct sockaddr *)&t->peer;
	char address[sizeof(t->local.address)], contact[sizeof(t->contact)];
	struct sockaddr_storage bind_to;
	bool ipv6 = t->local.ipv6;

	memcpy(address, t->local.address, sizeof(address));
	if (!t->leg.end || own_address(t, &bind_to, peer))
		return false;
	/* The socket stays what it is. */
	if (t->local.ipv6 != ipv6)
		memcpy(t->local.address, address, sizeof(address));
	t->local.ipv6 = ipv6;
	if (scheme_contact(t, peer, contact, sizeof(contact)))
		return false;
	if (!strcmp(address, t->local.address) && !strcmp(contact, t->contact))
		return false;
	memcpy(t->contact, contact, sizeof(contact));
	return true;
}

/* ------------------------------------------------------------------- writing */

/* RFC 3264 section 8: a description that differs from the last has the next
 * version. */
static int keep(struct trunk_leg *t, int (*write)(struct trunk_leg *, char *))
{
	char text[OFFER_SIZE];
	int n = write(t, text);

	if (n < 0)
		return n;
	if (t->sdp[0] && strcmp(text, t->sdp)) {
		t->local.version++;
		n = write(t, text);
		if (n < 0)
			return n;
	}
	memcpy(t->sdp, text, (size_t)n + 1);
	return 0;
}

static int write_offer(struct trunk_leg *t, char *text)
{
	return offer_write(text, OFFER_SIZE, &t->local);
}

static int write_answer(struct trunk_leg *t, char *text)
{
	return offer_answer(text, OFFER_SIZE, &t->local, &t->remote, &t->choice);
}

int session_offer(struct trunk_leg *t)
{
	int err;

	t->local.suite = t->choice.srtp.suite;
	t->local.tag = t->choice.tag;
	t->local.savp = t->remote.savp;
	t->local.feedback = t->remote.feedback;
	err = keep(t, write_offer);

	if (!err)
		t->exchange = EXCHANGE_OFFERED;
	return err;
}

int session_answer(struct trunk_leg *t)
{
	int err = keep(t, write_answer);

	if (!err)
		t->exchange = EXCHANGE_DONE;
	return err;
}

/* ------------------------------------------------------------------- reading */

int session_body(const sip_t *sip, const char **body)
{
	const sip_content_type_t *c = sip ? sip->sip_content_type : NULL;
	char type[512] = "";
	struct body b = { .type = type };
	size_t n;

	*body = NULL;
	if (!sip || !sip->sip_payload || !sip->sip_payload->pl_len)
		return 0;
	b.data = sip->sip_payload->pl_data;
	b.length = sip->sip_payload->pl_len;
	if (sip->sip_content_encoding && sip->sip_content_encoding->k_items)
		b.encoding = sip->sip_content_encoding->k_items[0];
	n = c && c->c_type ? (size_t)snprintf(type, sizeof(type), "%s", c->c_type) : 0;
	for (unsigned i = 0; n && c->c_params && c->c_params[i] &&
	     n < sizeof(type); i++)
		n += (size_t)snprintf(type + n, sizeof(type) - n, ";%s",
				      c->c_params[i]);
	return body_sdp(&b, body);
}

/* Why no line of theirs will do; says it only where more is known than the
 * error's own sentence. */
static int no_audio(const struct offer *theirs, char *why, size_t size)
{
	int err = -ENOMSG;
	bool savp, feedback;

	for (unsigned i = 0; i < theirs->count; i++) {
		const struct offer_line *l = &theirs->line[i];

		if (strcasecmp(l->media, "audio") || !l->port)
			continue;
		if (offer_profile(l->proto, &savp, &feedback))
			return -ENOTSUP;
		err = strncasecmp(l->proto, "UDP/TLS/", 8) ? -EPROTONOSUPPORT :
							     -ENOPKG;
		snprintf(why, size, "audio by %s; %s", l->proto,
			 offer_refusal(err));
	}
	return err;
}

/* Our socket has one family: to an address of the other nothing would go. */
static bool reaches(const struct trunk_leg *t, const struct offer *theirs)
{
	int family = theirs->remote.ss_family;

	return !family || (family == AF_INET6) == t->local.ipv6;
}

/* An offer with another key of theirs gets another one of ours: none may be used
 * for two streams (RFC 3711 section 9.1). The same offer again changes nothing
 * (RFC 4568 section 7.1.4). */
static void rekey(struct trunk_leg *t, const struct offer *theirs)
{
	const struct media_srtp *s = &t->choice.srtp;
	const struct offer_crypto *k = theirs->crypto;

	if (!s->suite || (theirs->crypto_count && k->suite == s->suite &&
			  !memcmp(k->key, s->remote, crypto_key_size(k->suite))))
		return;
	offer_keys(&t->local);
}

int session_take(struct trunk_leg *t, const sip_t *sip, char *why, size_t size)
{
	bool answer = t->exchange == EXCHANGE_OFFERED;
	struct offer theirs;
	struct offer_choice choice;
	const char *body;
	int err, n = session_body(sip, &body);

	if (n <= 0) {
		snprintf(why, size, "no session description");
		return n ? n : -ENODATA;
	}
	err = offer_parse(&theirs, body, (size_t)n, t->local.srtp, why, size);
	if (err) {
		t->agent->stats.malformed++;
		return err;
	}
	if (!answer)
		rekey(t, &theirs);
	err = answer ? offer_chosen(&choice, &theirs, &t->local) :
		       offer_choose(&choice, &theirs, &t->local);
	if (err) {
		snprintf(why, size, "%s", offer_refusal(err));
		err = theirs.audio < 0 ? no_audio(&theirs, why, size) : err;
		explicit_bzero(&theirs, sizeof(theirs));
		return err;
	}
	if (!reaches(t, &theirs)) {
		snprintf(why, size, "its c= line is %s, and ours %s",
			 t->local.ipv6 ? "IPv4" : "IPv6",
			 t->local.ipv6 ? "IPv6" : "IPv4");
		return -EAFNOSUPPORT;
	}
	/* Back to the clear: what was used is used up. */
	if (answer && t->choice.srtp.suite && !choice.srtp.suite)
		offer_keys(&t->local);
	t->remote = theirs;
	t->choice = choice;
	explicit_bzero(&theirs, sizeof(theirs));
	explicit_bzero(&choice, sizeof(choice));
	t->exchange = answer ? EXCHANGE_DONE : EXCHANGE_RECEIVED;
	return 0;
}

const char *session_warning(int err)
{
	static const struct { int err; unsigned code; } codes[] = {
		{ -EAFNOSUPPORT, 301 }, { -EPROTONOSUPPORT, 302 },
		{ -ENOMSG, 304 }, { -ENOTSUP, 305 }, { -ENOKEY, 399 },
		{ -EKEYREJECTED, 399 }, { -EPERM, 399 }, { -ENOPKG, 399 },
	};
	static char text[96];

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].err == err) {
			snprintf(text, sizeof(text), "%u tipring \"%s\"",
				 codes[i].code, offer_refusal(err));
			return text;
		}
	return NULL;
}

/* ---------------------------------------------------------------- applying */

void session_apply(struct trunk_leg *t)
{
	const struct media_ops *ops = t->agent->media->ops;
	const struct offer_choice *c = &t->choice;
	bool answered = t->state == LEG_UP || t->state == LEG_ANSWERED;
	bool held = offer_holds(&t->remote);
	int err;
	struct media_rtp rtp = {
		.remote = t->remote.remote,
		.codec = c->codec, .payload = c->payload,
		.event_payload = c->event_payload,
		.ptime = c->ptime ? c->ptime : 20,
		.send = c->direction & OFFER_SEND,
		.receive = c->direction & OFFER_RECEIVE,
		.learn = t->nat || !t->remote.remote.ss_family,
		.likely = t->peer,
		.srtp = c->srtp,
	};

	if (!t->leg.end)
		return;
	/* What was counted is not exceeded: a=ptime is but a wish (RFC 8866). */
	if (t->provider->conf->max_kbit && rtp.ptime < t->local.ptime)
		rtp.ptime = t->local.ptime;
	/* Early media may well be silent, and so may one who holds. */
	if (answered && rtp.receive && !held)
		rtp.dead_s = (uint16_t)t->agent->conf->rtp.dead_s;
	/* A refresh changes nothing, and media shall not look for the far end
	 * anew. */
	if (memcmp(&rtp, &t->applied, sizeof(rtp))) {
		t->applied = rtp;
		err = ops->rtp_set(t->leg.end, &rtp);
		if (err)
			log_warning("%s: media does not keep up, a change of the "
				    "voice path is lost: %s", t->leg.name,
				    strerror(-err));
	}
	explicit_bzero(&rtp.srtp, sizeof(rtp.srtp));
	t->leg.codec = c->codec;
	t->leg.srtp = c->srtp.suite;
	t->leg.digits_by_event = c->event_payload;
	if (answered && held != t->held) {
		t->held = held;
		leg_hold(&t->leg, held);
	}
}
