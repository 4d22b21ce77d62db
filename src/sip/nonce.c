/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/nonce.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define USED 256		/* nonces */
#define WINDOW 64		/* counts below the highest that may come late */
#define RECENT 8		/* requests of a nonce that may be repeated */
#define REPEAT_MS 32000		/* 64 * T1, RFC 3261 section 17.1.1.2 */
#define MAC 16

/* What stands in a nonce, in hexadecimal. */
struct parts {
	uint8_t made[8];	/* ms, the caller's clock */
	uint8_t random[8];
	uint8_t mac[MAC];
};

struct request {
	uint8_t hash[NONCE_HASH];
	uint32_t count;		/* 0: free */
	uint64_t at;
};

struct used {
	uint8_t mac[MAC];
	uint64_t made, until;	/* until: 0, free */
	uint32_t highest;
	uint64_t seen;		/* bit n: highest - n was used */
	struct request recent[RECENT];
	unsigned next;
};

struct nonces {
	uint8_t key[32];
	uint64_t floor;		/* older ones are stale: no room to count them */
	struct used used[USED];
};

struct nonces *nonces_new(void)
{
	struct nonces *n = calloc(1, sizeof(*n));

	if (n)
		arc4random_buf(n->key, sizeof(n->key));
	return n;
}

void nonces_free(struct nonces *n)
{
	if (!n)
		return;
	explicit_bzero(n->key, sizeof(n->key));
	free(n);
}

/* The host counts, not the port: a NAT may choose another one each time. */
static int sign(const struct nonces *n, const struct parts *p,
		const struct sockaddr *from, uint8_t mac[MAC])
{
	uint8_t data[32] = { 0 }, out[EVP_MAX_MD_SIZE];
	unsigned size = 0;

	memcpy(data, p->made, 8);
	memcpy(data + 8, p->random, 8);
	if (from->sa_family == AF_INET6)
		memcpy(data + 16, &((const struct sockaddr_in6 *)from)->sin6_addr,
		       16);
	else
		memcpy(data + 16, &((const struct sockaddr_in *)from)->sin_addr, 4);
	if (!HMAC(EVP_sha256(), n->key, sizeof(n->key), data, sizeof(data), out,
		  &size) || size < MAC)
		return -EIO;
	memcpy(mac, out, MAC);
	return 0;
}

int nonce_make(struct nonces *n, char text[NONCE_TEXT], const struct sockaddr *from,
	       uint64_t now_ms)
{
	struct parts p;
	const uint8_t *bytes = (const uint8_t *)&p;
	int err;

	for (int i = 0; i < 8; i++)
		p.made[i] = (uint8_t)(now_ms >> (56 - 8 * i));
	arc4random_buf(p.random, sizeof(p.random));
	err = sign(n, &p, from, p.mac);
	if (err)
		return err;
	for (size_t i = 0; i < sizeof(p); i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       -1;
}

static bool read_parts(const struct nonces *n, const char *text,
		       const struct sockaddr *from, struct parts *p, uint64_t *made)
{
	uint8_t *bytes = (uint8_t *)p, mac[MAC];

	if (strlen(text) != NONCE_TEXT - 1)
		return false;
	for (size_t i = 0; i < sizeof(*p); i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	*made = 0;
	for (int i = 0; i < 8; i++)
		*made = *made << 8 | p->made[i];
	return !sign(n, p, from, mac) && !CRYPTO_memcmp(mac, p->mac, MAC);
}

static struct used *find(struct nonces *n, const uint8_t mac[MAC])
{
	for (unsigned i = 0; i < USED; i++)
		if (n->used[i].until && !memcmp(n->used[i].mac, mac, MAC))
			return &n->used[i];
	return NULL;
}

/* A free place, else the one of the oldest nonce: that one, and all that are
 * older, are stale from now on. */
static struct used *place(struct nonces *n, uint64_t now_ms)
{
	struct used *oldest = &n->used[0];

	for (unsigned i = 0; i < USED; i++) {
		struct used *u = &n->used[i];

		if (u->until <= now_ms)
			return u;
		if (u->made < oldest->made)
			oldest = u;
	}
	n->floor = oldest->made + 1;
	return oldest;
}

static bool repeated(const struct used *u, uint32_t count,
		     const uint8_t request[NONCE_HASH], uint64_t now_ms)
{
	for (unsigned i = 0; i < RECENT; i++) {
		const struct request *r = &u->recent[i];

		if (count && r->count == count && now_ms - r->at < REPEAT_MS &&
		    !memcmp(r->hash, request, NONCE_HASH))
			return true;
	}
	return false;
}

static bool take_count(struct used *u, uint32_t count)
{
	uint32_t behind = u->highest - count;

	if (!count)
		return false;
	if (count > u->highest) {
		uint32_t ahead = count - u->highest;

		u->seen = ahead < WINDOW ? u->seen << ahead : 0;
		u->highest = count;
		behind = 0;
	}
	if (behind >= WINDOW || u->seen >> behind & 1)
		return false;
	u->seen |= 1ull << behind;
	return true;
}

enum nonce_verdict nonce_use(struct nonces *n, const char *text,
			     const struct sockaddr *from, uint32_t count,
			     const uint8_t request[NONCE_HASH], uint64_t now_ms)
{
	struct parts p;
	uint64_t made;
	struct used *u;

	if (!read_parts(n, text, from, &p, &made))
		return NONCE_STALE;
	u = find(n, p.mac);
	if (u && repeated(u, count, request, now_ms))
		return NONCE_AGAIN;
	if (made < n->floor || made > now_ms || now_ms - made >= NONCE_LIFE_MS)
		return NONCE_STALE;
	if (!u) {
		u = place(n, now_ms);
		if (made < n->floor)
			return NONCE_STALE;
		*u = (struct used){ .made = made,
				    .until = made + NONCE_LIFE_MS + REPEAT_MS };
		memcpy(u->mac, p.mac, MAC);
	}
	if (!take_count(u, count))
		return NONCE_REPLAYED;
	u->recent[u->next] = (struct request){ .count = count, .at = now_ms };
	memcpy(u->recent[u->next].hash, request, NONCE_HASH);
	u->next = (u->next + 1) % RECENT;
	return NONCE_GOOD;
}
