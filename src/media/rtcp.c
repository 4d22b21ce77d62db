/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/rtcp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SR = 200, RR, SDES, BYE, APP };

#define INTERVAL 5000000	/* us, RFC 3550 6.2 */
#define NTP_EPOCH 2208988800u	/* 1900 to 1970 */
#define BLOCK 24
#define MAX_DROPOUT 3000

static void put32(uint8_t **p, uint32_t v)
{
	for (int i = 24; i >= 0; i -= 8)
		*(*p)++ = (uint8_t)(v >> i);
}

static uint32_t get32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint64_t ntp(int64_t us)
{
	uint64_t s = (uint64_t)us / 1000000 + NTP_EPOCH;
	uint64_t f = (((uint64_t)us % 1000000) << 32) / 1000000;

	return s << 32 | f;
}

/* Between half and one and a half of it, over e - 1.5 (6.3.1). */
static int64_t interval(struct rtcp *r, int64_t of)
{
	r->random = r->random * 1664525u + 1013904223u;
	return (int64_t)((double)of * (0.5 + (r->random >> 8) / 16777216.0) /
			 1.21828);
}

void rtcp_init(struct rtcp *r, uint32_t ssrc, const char *cname, int64_t now_us)
{
	memset(r, 0, sizeof(*r));
	r->ssrc = r->random = ssrc;
	snprintf(r->cname, sizeof(r->cname), "%s", cname);
	r->next_us = now_us + interval(r, INTERVAL / 2);
}

void rtcp_sent(struct rtcp *r, size_t octets)
{
	r->sent++;
	r->octets += (uint32_t)octets;
}

static void begin(struct rtcp *r, uint32_t ssrc, uint16_t seq)
{
	r->heard = true;
	r->ended = false;
	r->remote = ssrc;
	r->base_seq = r->max_seq = seq;
	r->cycles = r->received = 0;
	r->expected_prior = r->received_prior = 0;
	r->transit = 0;
	r->jitter = 0;
	r->last_sr = 0;
}

void rtcp_heard(struct rtcp *r, uint32_t ssrc, uint16_t seq, uint32_t timestamp,
		int64_t arrival_us)
{
	uint32_t transit = (uint32_t)(arrival_us / 125) - timestamp;
	uint16_t step;
	int32_t d;

	if (!r->heard || ssrc != r->remote)
		begin(r, ssrc, seq);
	step = (uint16_t)(seq - r->max_seq);
	if (step && step < MAX_DROPOUT) {
		if (seq < r->max_seq)
			r->cycles += 0x10000;
		r->max_seq = seq;
	} else if (step >= MAX_DROPOUT && step <= 0x10000 - 100) {
		begin(r, ssrc, seq);	/* it restarted without telling */
	}
	if (r->received++) {
		d = (int32_t)(transit - r->transit);
		if (d > -80000 && d < 80000)	/* else a new time base */
			r->jitter += (uint32_t)(abs(d) - (int)((r->jitter + 8) >> 4));
	}
	r->transit = transit;
}

bool rtcp_due(struct rtcp *r, int64_t now_us)
{
	if (now_us < r->next_us)
		return false;
	r->next_us = now_us + interval(r, INTERVAL);
	return true;
}

/* ----------------------------------------------------------------- building */

static void block(struct rtcp *r, uint8_t **p, int64_t now_us)
{
	uint32_t highest = r->cycles + r->max_seq;
	uint32_t expected = highest - r->base_seq + 1;
	int32_t lost = (int32_t)(expected - r->received);
	int32_t part = (int32_t)(expected - r->expected_prior);
	int32_t part_lost = part - (int32_t)(r->received - r->received_prior);
	uint32_t fraction = 0;

	if (part > 0 && part_lost > 0)
		fraction = (uint32_t)((int64_t)part_lost * 256 / part);
	if (fraction > 255)
		fraction = 255;
	r->expected_prior = expected;
	r->received_prior = r->received;
	if (lost > 0x7fffff)
		lost = 0x7fffff;
	if (lost < -0x800000)
		lost = -0x800000;
	put32(p, r->remote);
	put32(p, fraction << 24 | ((uint32_t)lost & 0xffffff));
	put32(p, highest);
	put32(p, r->jitter >> 4);
	put32(p, r->last_sr);
	put32(p, r->last_sr ?
	      (uint32_t)((now_us - r->last_sr_us) * 65536 / 1000000) : 0);
}

static void description(const struct rtcp *r, uint8_t **p)
{
	size_t n = strlen(r->cname);
	size_t words = (4 + 2 + n + 1 + 3) / 4;	/* ends with a zero octet */
	uint8_t *at;

	put32(p, 0x81000000u | SDES << 16 | (uint32_t)words);
	at = *p;
	memset(at, 0, words * 4);
	put32(p, r->ssrc);
	(*p)[0] = 1;
	(*p)[1] = (uint8_t)n;
	memcpy(*p + 2, r->cname, n);
	*p = at + words * 4;
}

size_t rtcp_build(struct rtcp *r, uint8_t to[RTCP_MAX], uint32_t timestamp,
		  int64_t now_us, int64_t real_us, bool bye)
{
	bool blocks = r->heard && !r->ended;
	uint8_t *p = to;

	if (r->sent) {
		uint64_t t = ntp(real_us);

		put32(&p, 0x80000000u | (uint32_t)blocks << 24 | SR << 16 |
		      (blocks ? 12 : 6));
		put32(&p, r->ssrc);
		put32(&p, (uint32_t)(t >> 32));
		put32(&p, (uint32_t)t);
		put32(&p, timestamp);
		put32(&p, r->sent);
		put32(&p, r->octets);
	} else {
		put32(&p, 0x80000000u | (uint32_t)blocks << 24 | RR << 16 |
		      (blocks ? 7 : 1));
		put32(&p, r->ssrc);
	}
	if (blocks)
		block(r, &p, now_us);
	description(r, &p);
	if (bye) {
		put32(&p, 0x81000000u | BYE << 16 | 1);
		put32(&p, r->ssrc);
	}
	return (size_t)(p - to);
}

/* ------------------------------------------------------------------ reading */

/* A compound begins with SR or RR and its lengths add up (A.2). */
static bool valid(const uint8_t *p, size_t size)
{
	size_t at = 0;

	if (size < 8 || (p[1] != SR && p[1] != RR) || p[0] & 0x20)
		return false;
	while (at + 4 <= size) {
		size_t n = ((size_t)p[at + 2] << 8 | p[at + 3]) * 4 + 4;

		if (p[at] >> 6 != 2 || at + n > size)
			return false;
		at += n;
	}
	return at == size;
}

/* What a report block says about us. */
static void about_us(struct rtcp *r, const uint8_t *b, int64_t real_us)
{
	uint32_t lsr = get32(b + 16), dlsr = get32(b + 20);
	uint32_t now = (uint32_t)(ntp(real_us) >> 16);
	uint32_t lost = get32(b + 4) & 0xffffff;
	uint32_t trip;

	if (get32(b) != r->ssrc)
		return;
	r->remote_lost = lost & 0x800000 ? 0 : lost;
	if (!lsr)
		return;
	trip = now - lsr - dlsr;
	/* Below zero by what the two clocks are rounded off, or nonsense. */
	if (trip > 0xffff0000u)
		trip = 0;
	if (trip < 30u << 16)
		r->round_trip_ms = (uint16_t)((uint64_t)trip * 1000 >> 16);
}

static void report(struct rtcp *r, const uint8_t *p, size_t n, int64_t now_us,
		   int64_t real_us)
{
	bool sr = p[1] == SR;
	size_t at = sr ? 28 : 8;

	if (n < at)
		return;
	if (sr && r->heard && get32(p + 4) == r->remote) {
		r->last_sr = get32(p + 8) << 16 | get32(p + 12) >> 16;
		r->last_sr_us = now_us;
	}
	for (int i = p[0] & 31; i > 0 && at + BLOCK <= n; i--, at += BLOCK)
		about_us(r, p + at, real_us);
}

int rtcp_parse(struct rtcp *r, const uint8_t *p, size_t size, int64_t now_us,
	       int64_t real_us)
{
	size_t at, n;

	if (!valid(p, size))
		return -EINVAL;
	for (at = 0; at < size; at += n) {
		n = ((size_t)p[at + 2] << 8 | p[at + 3]) * 4 + 4;
		if (p[at + 1] == SR || p[at + 1] == RR)
			report(r, p + at, n, now_us, real_us);
		else if (p[at + 1] == BYE && n >= 8 && r->heard &&
			 get32(p + at + 4) == r->remote)
			r->ended = true;
	}
	return 0;
}
