/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/proof.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "sip/digest_hash.h"
#include "sip/glance.h"
#include "sip/nonce.h"

/* ------------------------------------------------------------------- request */

static void keep(char *out, size_t room, struct glance_text t)
{
	size_t n = t.size < room ? t.size : room - 1;

	memcpy(out, t.at, n);
	out[n] = '\0';
}

/* Of the first Via. */
static void take_branch(struct proof_request *r, struct glance_text via)
{
	char text[512], *at, *comma;

	keep(text, sizeof(text), via);
	comma = strchr(text, ',');
	if (comma)
		*comma = '\0';
	at = strcasestr(text, "branch=");
	if (!at)
		return;
	at += 7;
	at[strcspn(at, " \t\r\n;")] = '\0';
	snprintf(r->branch, sizeof(r->branch), "%s", at);
}

static void take_header(void *arg, struct glance_text name, struct glance_text value)
{
	struct proof_request *r = arg;

	if (glance_is(name, "Call-ID", "i")) {
		keep(r->call_id, sizeof(r->call_id), value);
	} else if (glance_is(name, "CSeq", "CSeq")) {
		char text[16];

		keep(text, sizeof(text), value);
		r->cseq = strtoul(text, NULL, 10);
	} else if (glance_is(name, "Content-Length", "l")) {
		char text[16];

		keep(text, sizeof(text), value);
		r->body_size = strtoul(text, NULL, 10);
	} else if (glance_is(name, "Via", "v")) {
		if (!r->branch[0])
			take_branch(r, value);
	} else if (glance_is(name, "To", "t")) {
		char to[512];

		keep(to, sizeof(to), value);
		r->inside = strcasestr(to, ";tag=");
	} else if (glance_is(name, "Authorization", "Authorization") &&
		   r->count < PROOF_MOST) {
		keep(r->credentials[r->count], sizeof(r->credentials[0]), value);
		r->count++;
	}
}

void proof_read(struct proof_request *r, const char *data, size_t size)
{
	struct glance_text method, uri;
	size_t rest;

	memset(r, 0, sizeof(*r));
	r->body_size = SIZE_MAX;
	if (!glance_headers(data, size, &method, &uri, take_header, r))
		return;
	keep(r->method, sizeof(r->method), method);
	keep(r->uri, sizeof(r->uri), uri);
	r->body = memmem(data, size, "\r\n\r\n", 4);
	r->body = r->body ? r->body + 4 : data + size;
	rest = size - (size_t)(r->body - data);
	/* What a datagram has beyond its length is no part of it (RFC 3261 18.3). */
	if (r->body_size > rest)
		r->body_size = rest;
}

/* --------------------------------------------------------------- credentials */

struct credentials {
	char user[PROOF_USER], realm[128], nonce[128], uri[256], response[80];
	char cnonce[256], count[12], qop[16], algorithm[32];
};

static const char *blank(const char *at)
{
	return at + strspn(at, " \t\r\n,");
}

/* token or quoted-string (RFC 3261 section 25.1); NULL: broken, or no room. */
static const char *value(const char *at, char *out, size_t room)
{
	size_t n = 0;

	if (*at != '"') {
		n = strcspn(at, " \t\r\n,");
		if (n >= room)
			return NULL;
		memcpy(out, at, n);
		out[n] = '\0';
		return at + n;
	}
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
		if (n + 1 >= room)
			return NULL;
		out[n++] = *at;
	}
	out[n] = '\0';
	return *at ? at + 1 : NULL;
}

static bool credentials_read(struct credentials *c, const char *at)
{
	const struct { const char *name; char *to; size_t room; } fields[] = {
#define PARAMETER(name, member) { name, c->member, sizeof(c->member) }
		PARAMETER("username", user), PARAMETER("realm", realm),
		PARAMETER("nonce", nonce), PARAMETER("uri", uri),
		PARAMETER("response", response), PARAMETER("cnonce", cnonce),
		PARAMETER("nc", count), PARAMETER("qop", qop),
		PARAMETER("algorithm", algorithm),
#undef PARAMETER
	};

	memset(c, 0, sizeof(*c));
	if (strncasecmp(at, "Digest", 6) || !strchr(" \t\r\n", at[6]) || !at[6])
		return false;
	for (at = blank(at + 6); *at; at = blank(at)) {
		size_t n = strcspn(at, "= \t\r\n,"), i;
		char other[512], *to = other;
		size_t room = sizeof(other);

		for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
			if (strlen(fields[i].name) == n &&
			    !strncasecmp(at, fields[i].name, n)) {
				to = fields[i].to;
				room = fields[i].room;
			}
		at += n;
		at += strspn(at, " \t\r\n");
		if (!n || *at != '=')
			return false;
		at++;
		at = value(at + strspn(at, " \t\r\n"), to, room);
		if (!at)
			return false;
	}
	return c->user[0] && c->nonce[0] && c->response[0];
}

/* "sip:USER;x=y:PASSWORD@HOST", "tel:NUMBER": the user, as it is written. */
static struct glance_text user_of(const char *uri)
{
	const char *colon = strchr(uri, ':'), *at;
	struct glance_text user = { uri, 0 };

	if (!colon)
		return user;
	user.at = colon + 1;
	at = strchr(user.at, '@');
	if (at)
		user.size = (size_t)(at - user.at);
	else if (!strncasecmp(uri, "tel:", 4))
		user.size = strlen(user.at);
	for (size_t i = 0; i < user.size; i++)
		if (user.at[i] == ':' || user.at[i] == ';')
			user.size = i;
	return user;
}

static int hex(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' &&
	       (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* The next character, which may be written as %41. */
static int next_character(struct glance_text *t)
{
	int c = (unsigned char)*t->at;
	size_t n = 1;

	if (c == '%' && t->size >= 3 && hex(t->at[1]) >= 0 && hex(t->at[2]) >= 0) {
		c = hex(t->at[1]) << 4 | hex(t->at[2]);
		n = 3;
	}
	t->at += n;
	t->size -= n;
	return c;
}

/* Whoever changes the called number on the way changes this. A peer that names
 * no user there has left it open (RFC 7616 section 3.4.6). */
static bool same_resource(const char *theirs, const char *asked)
{
	struct glance_text a = user_of(theirs), b = user_of(asked);

	if (!a.size)
		return true;
	while (a.size && b.size)
		if (next_character(&a) != next_character(&b))
			return false;
	return a.size == b.size;
}

/* -------------------------------------------------------------------- checking */

static int algorithm_of(enum digest_kind kind)
{
	static const char *const names[] = {
		[DIGEST_MD5] = "MD5", [DIGEST_SHA256] = "SHA-256",
		[DIGEST_SHA512_256] = "SHA-512-256",
	};

	return digest_algorithm(names[kind]);
}

static bool takes(const struct proof_conf *conf, int algorithm)
{
	for (size_t i = 0; i < conf->digest_count; i++)
		if (algorithm_of(conf->digests[i]) == algorithm)
			return true;
	return false;
}

/* Tells a retransmission from another request with the same count. */
static void hash_request(uint8_t out[NONCE_HASH], const struct proof_request *r,
			 const struct credentials *c)
{
	const char *const texts[] = { r->method, r->call_id, r->branch, c->response };
	uint8_t bytes[EVP_MAX_MD_SIZE] = { 0 };
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL)) {
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
			EVP_DigestUpdate(ctx, texts[i], strlen(texts[i]) + 1);
		EVP_DigestUpdate(ctx, &r->cseq, sizeof(r->cseq));
		EVP_DigestFinal_ex(ctx, bytes, NULL);
	}
	EVP_MD_CTX_free(ctx);
	memcpy(out, bytes, NONCE_HASH);
}

/* As much work for a user whom nobody knows as for a wrong secret. */
static bool secret_is_right(const struct proof_conf *conf,
			    const struct proof_request *r,
			    const struct credentials *c, int algorithm)
{
	const char *secret = conf->secret(conf->arg, c->user);
	struct digest_parts p = {
		.user = c->user, .realm = c->realm, .nonce = c->nonce,
		.secret = secret ? secret : "nobody has this secret",
		.cnonce = c->cnonce, .count = c->count,
		.qop = c->qop[0] ? c->qop : NULL, .method = r->method,
		.uri = c->uri, .body = r->body, .body_size = r->body_size,
	};
	char want[DIGEST_HEX] = "", got[DIGEST_HEX] = "";

	if (digest_response(algorithm, &p, want))
		return false;
	for (size_t i = 0; c->response[i] && i + 1 < sizeof(got); i++)
		got[i] = c->response[i] >= 'A' && c->response[i] <= 'F' ?
				 (char)(c->response[i] | 0x20) : c->response[i];
	return !CRYPTO_memcmp(want, got, sizeof(want)) && secret;
}

/* Without qop, which covers no body, there is no count (RFC 2069): the nonce serves
 * once. */
static bool count_of(const struct credentials *c, uint32_t *count)
{
	char *end;

	*count = 1;
	if (!c->qop[0])
		return true;
	*count = (uint32_t)strtoul(c->count, &end, 16);
	return c->cnonce[0] && strlen(c->count) == 8 && !*end;
}

static bool covers(enum digest_cover cover, const char *qop)
{
	if (!strcmp(qop, "auth-int"))
		return cover != COVER_AUTH;
	return cover != COVER_AUTH_INT && (!qop[0] || !strcasecmp(qop, "auth"));
}

static enum proof check(struct nonces *n, const struct proof_conf *conf,
			const struct proof_request *r, const struct credentials *c,
			const struct sockaddr *from, uint64_t now_ms)
{
	int algorithm = digest_algorithm(c->algorithm[0] ? c->algorithm : NULL);
	uint8_t request[NONCE_HASH];
	uint32_t count;

	if (algorithm < 0 || !takes(conf, algorithm) || !count_of(c, &count) ||
	    !covers(conf->cover, c->qop) ||
	    !same_resource(c->uri, r->uri) ||
	    !secret_is_right(conf, r, c, algorithm))
		return PROOF_WRONG;
	hash_request(request, r, c);
	switch (nonce_use(n, c->nonce, from, count, request, now_ms)) {
	case NONCE_GOOD:
	case NONCE_AGAIN:
		return PROOF_GOOD;
	case NONCE_STALE:
		return PROOF_STALE;
	case NONCE_REPLAYED:
		break;
	}
	return PROOF_WRONG;
}

enum proof proof_check(struct nonces *n, const struct proof_conf *conf,
		       const struct proof_request *r, const struct sockaddr *from,
		       uint64_t now_ms, char user[PROOF_USER])
{
	enum proof proof, best = PROOF_NONE;
	struct credentials c;

	user[0] = '\0';
	for (unsigned i = 0; i < r->count && best != PROOF_GOOD; i++) {
		if (!credentials_read(&c, r->credentials[i]) ||
		    strcmp(c.realm, conf->realm))
			continue;
		proof = check(n, conf, r, &c, from, now_ms);
		/* Of several for us the best counts. */
		if (best == PROOF_NONE || proof < best) {
			memcpy(user, c.user, sizeof(c.user));
			best = proof;
		}
	}
	explicit_bzero(&c, sizeof(c));
	return best;
}

size_t proof_challenge(struct nonces *n, const struct proof_conf *conf,
		       const struct sockaddr *from, bool stale, uint64_t now_ms,
		       char text[PROOF_CHALLENGE])
{
	static const char *const qops[] = {
		[COVER_AUTH] = "auth", [COVER_AUTH_INT] = "auth-int",
		[COVER_EITHER] = "auth,auth-int",
	};
	char nonce[NONCE_TEXT];
	size_t used = 0;

	/* One for all: whoever answers does so once. */
	if (nonce_make(n, nonce, from, now_ms))
		return 0;
	for (size_t i = 0; i < conf->digest_count; i++) {
		int size = snprintf(text + used, PROOF_CHALLENGE - used,
			"WWW-Authenticate: Digest realm=\"%s\", nonce=\"%s\", "
			"algorithm=%s, qop=\"%s\"%s\r\n", conf->realm, nonce,
			digest_algorithm_name(algorithm_of(conf->digests[i])),
			qops[conf->cover],
			stale ? ", stale=true" : "");

		used += (size_t)size;
		if (used >= PROOF_CHALLENGE)
			return 0;
	}
	return used;
}
