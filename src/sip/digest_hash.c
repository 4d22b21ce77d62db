/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/digest_hash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

/* The weakest comes first. */
static const struct algorithm {
	const char *name;
	const EVP_MD *(*hash)(void);
	bool session;
} algorithms[] = {
	{ "MD5-sess", EVP_md5, true },
	{ "MD5", EVP_md5, false },
	{ "SHA-256-sess", EVP_sha256, true },
	{ "SHA-256", EVP_sha256, false },
	{ "SHA-512-256-sess", EVP_sha512_256, true },
	{ "SHA-512-256", EVP_sha512_256, false },
};

int digest_algorithm(const char *name)
{
	size_t n;

	if (!name)
		return digest_algorithm("MD5");
	n = strlen(name);
	if (n >= 2 && name[0] == '"' && name[n - 1] == '"') {
		name++;
		n -= 2;
	}
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (strlen(algorithms[i].name) == n &&
		    !strncasecmp(name, algorithms[i].name, n))
			return (int)i;
	return -ENOTSUP;
}

const char *digest_algorithm_name(int algorithm)
{
	return algorithms[algorithm].name;
}

bool digest_is_session(int algorithm)
{
	return algorithms[algorithm].session;
}

/* H() of the texts with colons between them, in hexadecimal. */
static bool hash(const struct algorithm *a, char out[DIGEST_HEX],
		 const char *const texts[])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx && EVP_DigestInit_ex(ctx, a->hash(), NULL);

	for (size_t i = 0; good && texts[i]; i++)
		good = (!i || EVP_DigestUpdate(ctx, ":", 1)) &&
		       EVP_DigestUpdate(ctx, texts[i], strlen(texts[i]));
	good = good && EVP_DigestFinal_ex(ctx, bytes, &n);
	EVP_MD_CTX_free(ctx);
	out[0] = '\0';
	for (unsigned i = 0; i < n && 2 * i + 2 < DIGEST_HEX; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return good;
}

static bool hash_body(const struct algorithm *a, char out[DIGEST_HEX],
		      const char *body, size_t size)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	bool good = EVP_Digest(size ? body : "", size, bytes, &n, a->hash(), NULL);

	out[0] = '\0';
	for (unsigned i = 0; i < n && 2 * i + 2 < DIGEST_HEX; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return good;
}

#define HASH(a, out, ...) hash(a, out, (const char *const[]){ __VA_ARGS__, NULL })

int digest_response(int algorithm, const struct digest_parts *p,
		    char out[DIGEST_HEX])
{
	const struct algorithm *a = &algorithms[algorithm];
	char a1[DIGEST_HEX], a2[DIGEST_HEX], base[DIGEST_HEX];
	bool whole = p->qop && !strcmp(p->qop, "auth-int");
	bool good = HASH(a, a1, p->user, p->realm, p->secret) &&
		    (!whole || hash_body(a, base, p->body, p->body_size)) &&
		    (whole ? HASH(a, a2, p->method, p->uri, base) :
			     HASH(a, a2, p->method, p->uri));

	if (good && a->session) {
		memcpy(base, a1, sizeof(base));
		good = HASH(a, a1, base, p->nonce, p->cnonce);
		explicit_bzero(base, sizeof(base));
	}
	if (good && p->qop)
		good = HASH(a, out, a1, p->nonce, p->count, p->cnonce, p->qop, a2);
	else if (good)
		good = HASH(a, out, a1, p->nonce, a2);
	explicit_bzero(a1, sizeof(a1));
	return good ? 0 : -EIO;
}
