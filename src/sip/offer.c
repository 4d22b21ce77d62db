/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What we choose and write. offer_parse.c reads. */
#define _GNU_SOURCE	/* explicit_bzero */
#include "sip/offer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PTIME 20
#define EVENT_PAYLOAD 101	/* in our own offers */

bool offer_holds(const struct offer *o)
{
	return o->null_address || !(o->direction & OFFER_RECEIVE);
}

/* What we may do: what we want, and they agree to. */
static unsigned mirror(unsigned theirs, bool null_address, unsigned ours)
{
	unsigned direction = 0;

	if ((theirs & OFFER_RECEIVE) && !null_address)
		direction |= OFFER_SEND;
	if (theirs & OFFER_SEND)
		direction |= OFFER_RECEIVE;
	return direction & ours;
}

/* Theirs goes before ours, for it is what they want to receive; then into what
 * media can do. */
static uint16_t choose_ptime(const struct offer *theirs, uint16_t ours)
{
	uint16_t ms = theirs->ptime ? theirs->ptime : ours;

	if (theirs->maxptime && ms > theirs->maxptime)
		ms = theirs->maxptime;
	ms -= ms % 10;
	if (ms < 10)
		return ours ? ours : PTIME;
	return ms > 60 ? 60 : ms;
}

/* ----------------------------------------------------------------- protection */

/* Their first a=crypto line counts (RFC 4568 section 5.1.2); the key is ours. */
static int protect(struct offer_choice *c, const struct offer *theirs,
		   const struct offer_local *ours, bool answer)
{
	const struct offer_crypto *k = theirs->crypto;
	struct media_srtp *s = &c->srtp;

	memset(s, 0, sizeof(*s));
	c->tag = 0;
	/* Whatever srtp is set to. */
	if (theirs->savp && theirs->dtls && !theirs->crypto_count)
		return -ENOPKG;
	if (ours->srtp == SRTP_OFF)
		return theirs->savp ? -EPERM : 0;
	if (!theirs->crypto_count) {
		if (theirs->savp)
			return -EKEYREJECTED;
		return ours->srtp == SRTP_REQUIRED ? -ENOKEY : 0;
	}
	/* An answer names one that we offered; tags are ours. */
	if (answer && (theirs->crypto_count != 1 ||
		       k->tag != (ours->suite ? ours->tag : (unsigned)k->suite) ||
		       (ours->suite && k->suite != ours->suite)))
		return -EKEYREJECTED;
	c->tag = k->tag;
	s->suite = k->suite;
	memcpy(s->local, ours->key[k->suite], sizeof(s->local));
	memcpy(s->remote, k->key, sizeof(s->remote));
	memcpy(s->mki, k->mki, sizeof(s->mki));
	s->mki_size = k->mki_size;
	return 0;
}

const char *offer_refusal(int err)
{
	switch (err) {
	case -ENOTSUP:
		return "no codec in common";
	case -ENOKEY:
		return "SRTP is required here, and it is not offered";
	case -EKEYREJECTED:
		return "no SRTP suite and key in common";
	case -ENOPKG:
		return "it has keys by DTLS-SRTP alone; SDES (a=crypto) is spoken here";
	case -EPERM:
		return "only SRTP is offered, and SRTP is off here; see srtp";
	case -ENOMSG:
		return "no audio is offered";
	case -EAFNOSUPPORT:
		return "incompatible network address formats";
	case -EPROTONOSUPPORT:
		return "only RTP/AVP(F) and RTP/SAVP(F) are spoken here";
	}
	return "it cannot be read";
}

void offer_keys(struct offer_local *l)
{
	arc4random_buf(l->key, sizeof(l->key));
}

static void choose(struct offer_choice *c, const struct offer *theirs,
		   const struct offer_local *ours, unsigned which)
{
	c->codec = theirs->codec[which].codec;
	c->payload = theirs->codec[which].payload;
	c->event_payload = ours->events ? theirs->event_payload : 0;
	c->ptime = choose_ptime(theirs, ours->ptime);
	c->direction = mirror(theirs->direction, theirs->null_address,
			      ours->direction);
}

int offer_choose(struct offer_choice *c, const struct offer *theirs,
		 const struct offer_local *ours)
{
	int err = theirs->audio < 0 ? -ENOTSUP : protect(c, theirs, ours, false);

	if (err)
		return err;
	for (unsigned i = 0; i < ours->codec_count; i++)
		for (unsigned k = 0; k < theirs->codec_count; k++)
			if (theirs->codec[k].codec == ours->codec[i]) {
				choose(c, theirs, ours, k);
				return 0;
			}
	return -ENOTSUP;
}

int offer_chosen(struct offer_choice *c, const struct offer *theirs,
		 const struct offer_local *ours)
{
	int err = theirs->audio < 0 ? -ENOTSUP : protect(c, theirs, ours, true);

	if (err)
		return err;
	for (unsigned k = 0; k < theirs->codec_count; k++)
		for (unsigned i = 0; i < ours->codec_count; i++)
			if (theirs->codec[k].codec == ours->codec[i]) {
				choose(c, theirs, ours, k);
				return 0;
			}
	return -ENOTSUP;
}

/* ---------------------------------------------------------------- writing */

struct text {
	char *at;
	size_t left;
	int length;	/* -ENOSPC once it did not fit */
};

static void put(struct text *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	if (t->length < 0)
		return;
	va_start(ap, format);
	n = vsnprintf(t->at, t->left, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= t->left) {
		t->length = -ENOSPC;
		return;
	}
	t->at += n;
	t->left -= (size_t)n;
	t->length += n;
}

static const char *codec_name(enum codec c)
{
	return c == CODEC_PCMA ? "PCMA" : "PCMU";
}

static unsigned codec_payload(enum codec c)
{
	return c == CODEC_PCMA ? 8 : 0;
}

static const char *direction_name(unsigned direction)
{
	static const char *const names[] = { "inactive", "sendonly", "recvonly",
					     "sendrecv" };

	return names[direction & 3];
}

static void put_session(struct text *t, const struct offer_local *l)
{
	const char *family = l->ipv6 ? "IP6" : "IP4";

	put(t, "v=0\r\no=- %" PRIu64 " %" PRIu64 " IN %s %s\r\ns=-\r\n"
	    "c=IN %s %s\r\nt=0 0\r\n", l->session, l->version, family,
	    l->address, family, l->address);
}

static void put_events(struct text *t, unsigned payload)
{
	/* 0-15: digits and A-D, 16: hookflash (RFC 4733 section 3.2). */
	put(t, "a=rtpmap:%u telephone-event/8000\r\na=fmtp:%u 0-16\r\n", payload,
	    payload);
}

static void put_end(struct text *t, uint16_t ptime, unsigned direction)
{
	put(t, "a=ptime:%u\r\na=%s\r\n", ptime ? ptime : PTIME,
	    direction_name(direction));
}

static void put_crypto(struct text *t, unsigned tag, enum srtp_suite suite,
		       const uint8_t *key)
{
	char line[CRYPTO_TEXT];

	crypto_write(line, tag, suite, key);
	put(t, "a=crypto:%s\r\n", line);
	explicit_bzero(line, sizeof(line));
}

/* The suite's number is its tag, so the cheapest comes first. */
static void put_cryptos(struct text *t, const struct offer_local *l)
{
	if (l->srtp == SRTP_OFF)
		return;
	if (l->suite) {
		put_crypto(t, l->tag, l->suite, l->key[l->suite]);
		return;
	}
	for (unsigned i = SUITE_NONE + 1; i < SUITE_COUNT; i++)
		put_crypto(t, i, (enum srtp_suite)i, l->key[i]);
}

static const char *profile_name(bool savp, bool feedback)
{
	if (feedback)
		return savp ? "RTP/SAVPF" : "RTP/AVPF";
	return savp ? "RTP/SAVP" : "RTP/AVP";
}

/* Where it may also go in the clear, who knows no SRTP must find RTP/AVP. */
static const char *profile(const struct offer_local *l)
{
	return profile_name(l->suite ? l->savp : l->srtp == SRTP_REQUIRED,
			    l->feedback);
}

int offer_write(char *buf, size_t size, const struct offer_local *l)
{
	struct text t = { buf, size, 0 };

	put_session(&t, l);
	put(&t, "m=audio %u %s", l->port, profile(l));
	for (unsigned i = 0; i < l->codec_count; i++)
		put(&t, " %u", codec_payload(l->codec[i]));
	if (l->events)
		put(&t, " %u", EVENT_PAYLOAD);
	put(&t, "\r\n");
	for (unsigned i = 0; i < l->codec_count; i++)
		put(&t, "a=rtpmap:%u %s/8000\r\n", codec_payload(l->codec[i]),
		    codec_name(l->codec[i]));
	if (l->events)
		put_events(&t, EVENT_PAYLOAD);
	put_cryptos(&t, l);
	put_end(&t, l->ptime, l->direction);
	return t.length;
}

static void put_taken(struct text *t, const struct offer_local *l,
		      const struct offer *theirs, const struct offer_choice *c)
{
	put(t, "m=audio %u %s %u", l->port,
	    profile_name(theirs->savp, theirs->feedback), c->payload);
	if (c->event_payload)
		put(t, " %u", c->event_payload);
	put(t, "\r\na=rtpmap:%u %s/8000\r\n", c->payload, codec_name(c->codec));
	if (c->event_payload)
		put_events(t, c->event_payload);
	if (c->srtp.suite)
		put_crypto(t, c->tag, c->srtp.suite, c->srtp.local);
	put_end(t, c->ptime, c->direction);
}

int offer_answer(char *buf, size_t size, const struct offer_local *l,
		 const struct offer *theirs, const struct offer_choice *c)
{
	struct text t = { buf, size, 0 };

	put_session(&t, l);
	for (unsigned i = 0; i < theirs->count; i++) {
		const struct offer_line *line = &theirs->line[i];

		if ((int)i == theirs->audio)
			put_taken(&t, l, theirs, c);
		else
			put(&t, "m=%s 0 %s %s\r\n", line->media, line->proto,
			    line->formats);
	}
	return t.length;
}
