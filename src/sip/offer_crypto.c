/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* a=crypto lines (RFC 4568 section 9.1): keys in a session description. */
#include "sip/offer.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TAG_MOST 999999999	/* nine digits */

/* Octets of master key and salt. */
static const size_t key_sizes[SUITE_COUNT] = {
	[SUITE_AES_128_GCM] = 28, [SUITE_AES_256_GCM] = 44,
	[SUITE_AES_CM_80] = 30, [SUITE_AES_CM_32] = 30,
};

static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t crypto_key_size(enum srtp_suite s)
{
	return key_sizes[s];
}

/* ----------------------------------------------------------------- reading */

/* Base64 (RFC 4648 section 4) of exactly `size` octets, padded or not. Returns
 * what follows it, NULL: it is something else. */
static const char *read_key(const char *text, uint8_t *key, size_t size)
{
	uint32_t bits = 0;
	size_t n = 0, count = 0;

	for (const char *d; *text && (d = strchr(digits, *text)); text++, count++) {
		bits = bits << 6 | (uint32_t)(d - digits);
		if (count % 4 == 0)
			continue;
		if (n == size)
			break;	/* the last one's spare bits, or too much */
		key[n++] = (uint8_t)(bits >> (6 - 2 * (count % 4)));
	}
	if (n != size || count != (size * 4 + 2) / 3)
		return NULL;
	return text + strspn(text, "=");
}

static const char *read_number(const char *text, unsigned long most,
			       unsigned long *n)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	*n = strtoul(text, &end, 10);
	return *n > most ? NULL : end;
}

/* "|2^31": we send less in the longest call. */
static const char *read_lifetime(const char *text)
{
	unsigned long n;

	if (!strncmp(text, "2^", 2))
		text += 2;
	text = read_number(text, ~0ul, &n);
	return text && n ? text : NULL;
}

/* "|1:4": value and octets (RFC 3711 section 3.1). */
static const char *read_mki(const char *text, struct offer_crypto *c)
{
	unsigned long value, size;

	text = read_number(text, 0xffffffff, &value);
	if (!text || *text != ':')
		return NULL;
	text = read_number(text + 1, SRTP_MKI_MOST, &size);
	if (!text || !size || (size < 4 && value >> (8 * size)))
		return NULL;
	c->mki_size = (uint8_t)size;
	for (size_t i = 0; i < size; i++)
		c->mki[i] = (uint8_t)(value >> (8 * (size - 1 - i)));
	return text;
}

/* What is behind the key changes how packets look, but for these (section
 * 6.3): the window's size, and what may be passed over by its name. */
static bool read_parameters(const char *text)
{
	while (*text) {
		text += strspn(text, " \t");
		if (!*text)
			break;
		if (*text != '-' && strncasecmp(text, "WSH=", 4))
			return false;
		text += strcspn(text, " \t");
	}
	return true;
}

static int read_suite(const char *name, size_t n)
{
	for (int i = SUITE_NONE + 1; i < SUITE_COUNT; i++)
		if (strlen(srtp_suite_name(i)) == n &&
		    !strncasecmp(srtp_suite_name(i), name, n))
			return i;
	return SUITE_NONE;
}

int crypto_parse(struct offer_crypto *c, const char *value)
{
	const char *at = value;
	unsigned long tag;
	size_t n;

	memset(c, 0, sizeof(*c));
	at = read_number(at, TAG_MOST, &tag);
	if (!at || (*at != ' ' && *at != '\t'))
		return -EINVAL;
	c->tag = (unsigned)tag;
	at += strspn(at, " \t");
	n = strcspn(at, " \t");
	c->suite = (enum srtp_suite)read_suite(at, n);
	at += n + strspn(at + n, " \t");
	if (!c->suite || strncasecmp(at, "inline:", 7))
		return -EINVAL;
	at = read_key(at + 7, c->key, key_sizes[c->suite]);
	/* A lifetime has no colon, an MKI has one. */
	if (at && *at == '|' && at[1 + strcspn(at + 1, "|: \t")] != ':')
		at = read_lifetime(at + 1);
	if (at && *at == '|')
		at = read_mki(at + 1, c);
	if (!at || (*at && *at != ' ' && *at != '\t') || !read_parameters(at))
		return -EINVAL;
	return 0;
}

/* ----------------------------------------------------------------- writing */

static void write_key(char *to, const uint8_t *key, size_t size)
{
	for (size_t i = 0; i < size; i += 3) {
		size_t n = size - i < 3 ? size - i : 3;
		uint32_t bits = (uint32_t)key[i] << 16;

		if (n > 1)
			bits |= (uint32_t)key[i + 1] << 8;
		if (n > 2)
			bits |= key[i + 2];
		for (size_t k = 0; k < 4; k++)
			*to++ = k > n ? '=' : digits[bits >> (18 - 6 * k) & 63];
	}
	*to = '\0';
}

int crypto_write(char buf[CRYPTO_TEXT], unsigned tag, enum srtp_suite suite,
		 const uint8_t *key)
{
	char text[4 * SRTP_KEY_MOST / 3 + 5];

	write_key(text, key, key_sizes[suite]);
	return snprintf(buf, CRYPTO_TEXT, "%u %s inline:%s", tag,
			srtp_suite_name(suite), text);
}
