/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * An RTP end's seals. Signalling makes them and frees those that the pump has
 * let go; `settled` tells up to which rtp_set it has. The pump keeps the
 * receiver before until the first packet with the new key has come, so that a
 * change of keys in mid-call loses nothing (RFC 4568 section 7.1.4).
 */
#define _GNU_SOURCE	/* explicit_bzero */
#include <errno.h>
#include <string.h>

#include "media/room.h"
#include "media/rtp_end.h"

/* ------------------------------------------------------- signalling's thread */

static void collect(struct rtp_end *r)
{
	unsigned settled = stat_get(r->settled);

	for (struct seal **p = &r->seals; *p;) {
		struct seal *s = *p;

		if (!s->until || s->until > settled) {
			p = &s->next;
			continue;
		}
		*p = s->next;
		seal_free(s);
	}
}

static void enter(struct rtp_end *r, struct seal **now, struct seal *s,
		  unsigned serial)
{
	if (*now == s)
		return;
	if (*now)
		(*now)->until = serial;
	*now = s;
	if (!s)
		return;
	s->next = r->seals;
	r->seals = s;
}

int rtp_end_set(struct end *e, const struct media_rtp *m)
{
	struct rtp_end *r = rtp_end(e);
	const struct media_srtp *k = &m->srtp;
	struct command c = { .type = COMMAND_RTP, .end = e, .rtp = *m,
			     .serial = r->serial + 1 };
	int err = -ENOMEM;

	explicit_bzero(&c.rtp.srtp, sizeof(c.rtp.srtp));
	if (k->suite) {
		c.in = seal_receives_with(r->in_now, k) ? r->in_now :
							  seal_receiver_new(k);
		c.out = seal_sends_with(r->out_now, k) ? r->out_now :
							 seal_sender_new(k, r->ssrc);
	}
	if (!k->suite || (c.in && c.out))
		err = room_post(&c);
	if (err) {
		if (c.in != r->in_now)
			seal_free(c.in);
		if (c.out != r->out_now)
			seal_free(c.out);
		return err;
	}
	r->serial++;
	enter(r, &r->in_now, c.in, r->serial);
	enter(r, &r->out_now, c.out, r->serial);
	collect(r);
	return 0;
}

void rtp_seals_free(struct rtp_end *r)
{
	for (struct seal *s = r->seals, *next; s; s = next) {
		next = s->next;
		seal_free(s);
	}
	r->seals = NULL;
}

/* ---------------------------------------------------------- the pump's thread */

static void settle(struct rtp_end *r)
{
	r->before = NULL;
	stat_set(r->settled, r->set_serial);
}

void rtp_seals_set(struct rtp_end *r, struct seal *in, struct seal *out,
		   unsigned serial)
{
	/* Nobody has heard with the one that goes: then it is not missed. */
	if (in != r->in) {
		r->before = in && r->opened ? r->in : NULL;
		r->opened = false;
	}
	r->in = in;
	r->out = out;
	r->set_serial = serial;
	if (!r->before)
		settle(r);
}

int rtp_unseal(struct rtp_end *r, uint8_t *packet, size_t *size, bool report)
{
	_Alignas(8) uint8_t copy[RTP_PACKET_MAX];
	size_t n = *size;

	if (!r->in)
		return 0;
	if (r->before)
		memcpy(copy, packet, n);
	if (!seal_open(r->in, packet, size, report)) {
		r->opened = true;
		if (r->before)
			settle(r);
		return 0;
	}
	if (!r->before || seal_open(r->before, copy, &n, report))
		return -EBADMSG;
	memcpy(packet, copy, n);
	*size = n;
	return 0;
}
