/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "rtp-seal.h"

#include <srtp2/srtp.h>
#include <string.h>

static srtp_t out, in;
static bool on;

static const struct suite {
	const char *name;
	void (*policy)(srtp_crypto_policy_t *);
	size_t key;		/* octets, with the salt */
} suites[] = {
	{ "AES_CM_128_HMAC_SHA1_80", srtp_crypto_policy_set_rtp_default, 30 },
	{ "AES_CM_128_HMAC_SHA1_32",
	  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32, 30 },
	{ "AEAD_AES_128_GCM", srtp_crypto_policy_set_aes_gcm_128_16_auth, 28 },
	{ "AEAD_AES_256_GCM", srtp_crypto_policy_set_aes_gcm_256_16_auth, 44 },
};

static size_t decode(uint8_t *to, size_t most, const char *base64)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	size_t n = 0;

	for (unsigned i = 0; base64[i] && base64[i] != '='; i++) {
		const char *digit = strchr(digits, base64[i]);

		if (!digit)
			return 0;
		bits = bits << 6 | (uint32_t)(digit - digits);
		if (i % 4 && n < most)
			to[n++] = (uint8_t)(bits >> (6 - i % 4 * 2));
	}
	return n;
}

static srtp_t make(const struct suite *s, const char *key, srtp_ssrc_type_t which)
{
	uint8_t octets[64];
	srtp_policy_t policy = { .ssrc.type = which, .key = octets,
				 .window_size = 1024 };
	srtp_t made;

	s->policy(&policy.rtp);
	s->policy(&policy.rtcp);
	if (decode(octets, sizeof(octets), key) != s->key ||
	    srtp_create(&made, &policy))
		return NULL;
	return made;
}

static void drop(void)
{
	if (out)
		srtp_dealloc(out);
	if (in)
		srtp_dealloc(in);
	out = in = NULL;
}

bool seal_set(const char *suite, const char *send, const char *receive)
{
	static bool begun;

	drop();
	on = strcmp(suite, "off");
	if (!on)
		return true;
	if (!begun && srtp_init())
		return false;
	begun = true;
	for (size_t i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
		if (strcmp(suites[i].name, suite))
			continue;
		out = make(&suites[i], send, ssrc_any_outbound);
		in = make(&suites[i], receive, ssrc_any_inbound);
	}
	return out && in;
}

size_t seal(uint8_t *packet, size_t size)
{
	int n = (int)size;

	if (!on)
		return size;
	return out && !srtp_protect(out, packet, &n) ? (size_t)n : 0;
}

size_t unseal(uint8_t *packet, size_t size)
{
	int n = (int)size;

	if (!on)
		return size;
	return in && !srtp_unprotect(in, packet, &n) ? (size_t)n : 0;
}
