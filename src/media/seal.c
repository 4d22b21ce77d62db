/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE	/* explicit_bzero */
#include "media/seal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <srtp2/srtp.h>

_Static_assert(SEAL_ROOM >= SRTP_MAX_TRAILER_LEN + 4, "room of libsrtp");

/* Who jumps by more has lost seconds; then its packets look like old ones. */
#define WINDOW 1024

static const struct {
	size_t key_size;	/* RFC 4568 section 6.2, RFC 7714 section 12 */
	void (*rtp)(srtp_crypto_policy_t *), (*rtcp)(srtp_crypto_policy_t *);
} suites[SUITE_COUNT] = {
	[SUITE_AES_128_GCM] = { 28, srtp_crypto_policy_set_aes_gcm_128_16_auth,
				srtp_crypto_policy_set_aes_gcm_128_16_auth },
	[SUITE_AES_256_GCM] = { 44, srtp_crypto_policy_set_aes_gcm_256_16_auth,
				srtp_crypto_policy_set_aes_gcm_256_16_auth },
	[SUITE_AES_CM_80] = { 30, srtp_crypto_policy_set_rtp_default,
			      srtp_crypto_policy_set_rtcp_default },
	/* SRTCP has the long tag here too (RFC 4568 section 6.2.2). */
	[SUITE_AES_CM_32] = { 30, srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
			      srtp_crypto_policy_set_rtcp_default },
};

int seal_init(void)
{
	static bool done;

	if (!done && srtp_init() != srtp_err_status_ok)
		return -ENOSYS;
	done = true;
	return 0;
}

size_t seal_key_size(enum srtp_suite s)
{
	return suites[s].key_size;
}

static struct seal *make(enum srtp_suite suite, const uint8_t *key,
			 const uint8_t *mki, uint8_t mki_size, srtp_ssrc_t ssrc)
{
	struct seal *s = seal_init() ? NULL : calloc(1, sizeof(*s));
	srtp_master_key_t master = { 0 }, *masters[] = { &master };
	srtp_policy_t policy = { .ssrc = ssrc, .window_size = WINDOW };

	if (!s)
		return NULL;
	s->suite = suite;
	memcpy(s->key, key, suites[suite].key_size);
	s->mki_size = mki_size;
	if (mki_size)
		memcpy(s->mki, mki, mki_size);
	suites[suite].rtp(&policy.rtp);
	suites[suite].rtcp(&policy.rtcp);
	master.key = s->key;
	master.mki_id = s->mki;
	master.mki_size = mki_size;
	policy.keys = masters;
	policy.num_master_keys = 1;
	if (srtp_create(&s->context, &policy) == srtp_err_status_ok)
		return s;
	s->context = NULL;
	seal_free(s);
	return NULL;
}

struct seal *seal_sender_new(const struct media_srtp *m, uint32_t ssrc)
{
	srtp_ssrc_t one = { ssrc_specific, ssrc };

	return make(m->suite, m->local, NULL, 0, one);
}

struct seal *seal_receiver_new(const struct media_srtp *m)
{
	srtp_ssrc_t any = { ssrc_any_inbound, 0 };

	return make(m->suite, m->remote, m->mki, m->mki_size, any);
}

void seal_free(struct seal *s)
{
	if (!s)
		return;
	if (s->context)
		srtp_dealloc(s->context);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

bool seal_sends_with(const struct seal *s, const struct media_srtp *m)
{
	return s && s->suite == m->suite &&
	       !memcmp(s->key, m->local, suites[s->suite].key_size);
}

bool seal_receives_with(const struct seal *s, const struct media_srtp *m)
{
	return s && s->suite == m->suite && s->mki_size == m->mki_size &&
	       !memcmp(s->mki, m->mki, s->mki_size) &&
	       !memcmp(s->key, m->remote, suites[s->suite].key_size);
}

int seal_close(struct seal *s, uint8_t *packet, size_t *size, bool report)
{
	int n = (int)*size;
	srtp_err_status_t err = report ?
		srtp_protect_rtcp(s->context, packet, &n) :
		srtp_protect(s->context, packet, &n);

	if (err != srtp_err_status_ok)
		return -EIO;
	*size = (size_t)n;
	return 0;
}

int seal_open(struct seal *s, uint8_t *packet, size_t *size, bool report)
{
	int n = (int)*size;
	unsigned mki = s->mki_size > 0;
	srtp_err_status_t err = report ?
		srtp_unprotect_rtcp_mki(s->context, packet, &n, mki) :
		srtp_unprotect_mki(s->context, packet, &n, mki);

	if (err != srtp_err_status_ok)
		return -EBADMSG;
	*size = (size_t)n;
	return 0;
}
