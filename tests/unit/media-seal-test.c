/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* SRTP and SRTCP against known packets, and what must not pass. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "media/seal.h"

#define SSRC 0xcafebabe
#define PLAIN 28	/* header and 16 octets of 0xab */

static int init(void **state)
{
	return seal_init();
}

static size_t plain(uint8_t *p)
{
	static const uint8_t head[12] = { 0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb,
					  0xad, 0xca, 0xfe, 0xba, 0xbe };

	memcpy(p, head, sizeof(head));
	memset(p + sizeof(head), 0xab, PLAIN - sizeof(head));
	return PLAIN;
}

static size_t report(uint8_t *p)
{
	static const uint8_t head[8] = { 0x81, 0xc8, 0, 5, 0xca, 0xfe, 0xba, 0xbe };

	memcpy(p, head, sizeof(head));
	memset(p + sizeof(head), 0xab, 16);
	return 24;
}

static size_t octets(uint8_t *to, const char *hex)
{
	size_t n = 0;

	for (unsigned v; sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
		to[n] = (uint8_t)v;
	return n;
}

/* Master keys and salts: RFC 3711 appendix B.3, and those that RFC 7714's
 * examples count up. The packets were worked out from the two RFCs' text with
 * AES and HMAC of another library. */
static const struct vector {
	enum srtp_suite suite;
	const char *key, *packet;
} vectors[] = {
	{ SUITE_AES_CM_80,
	  "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
	  "800f1234decafbadcafebabe"
	  "4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb" },
	{ SUITE_AES_CM_32,
	  "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6",
	  "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc" },
	{ SUITE_AES_128_GCM,
	  "000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab",
	  "800f1234decafbadcafebabe"
	  "c5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392" },
	{ SUITE_AES_256_GCM,
	  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	  "a0a1a2a3a4a5a6a7a8a9aaab",
	  "800f1234decafbadcafebabe"
	  "0af7f21e8a90bdad7a425c9c31ed4bb1d90238917e7390a2793500e1681acaea" },
};

static struct media_srtp keys_of(const struct vector *v)
{
	struct media_srtp k = { .suite = v->suite };

	assert_int_equal(octets(k.local, v->key), seal_key_size(v->suite));
	memcpy(k.remote, k.local, sizeof(k.remote));
	return k;
}

static void known_packets(void **state)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct media_srtp k = keys_of(&vectors[i]);
		struct seal *out = seal_sender_new(&k, SSRC);
		struct seal *in = seal_receiver_new(&k);
		_Alignas(8) uint8_t p[PLAIN + SEAL_ROOM], wanted[64], text[64];
		size_t n = plain(p), size = octets(wanted, vectors[i].packet);

		assert_int_equal(seal_close(out, p, &n, false), 0);
		assert_int_equal(n, size);
		assert_memory_equal(p, wanted, size);
		assert_int_equal(seal_open(in, p, &n, false), 0);
		assert_int_equal(n, plain(text));
		assert_memory_equal(p, text, n);
		/* Once is enough. */
		memcpy(p, wanted, size);
		n = size;
		assert_int_equal(seal_open(in, p, &n, false), -EBADMSG);
		seal_free(out);
		seal_free(in);
	}
}

/* Every octet counts; a packet too short is none. */
static void forged_packets(void **state)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct media_srtp k = keys_of(&vectors[i]);
		_Alignas(8) uint8_t p[PLAIN + SEAL_ROOM], sealed[64];
		size_t size = octets(sealed, vectors[i].packet);
		struct seal *in = seal_receiver_new(&k);

		for (size_t at = 0; at < size; at++) {
			size_t n = size;

			memcpy(p, sealed, size);
			p[at] ^= 0x01;
			assert_int_equal(seal_open(in, p, &n, false), -EBADMSG);
		}
		for (size_t n = 0; n < size; n++) {
			size_t cut = n;

			memcpy(p, sealed, size);
			assert_int_equal(seal_open(in, p, &cut, false), -EBADMSG);
		}
		seal_free(in);
	}
}

/* Reports have their own tag and index, also beside the short tag. */
static void reports(void **state)
{
	static const size_t more[SUITE_COUNT] = {
		[SUITE_AES_128_GCM] = 16 + 4, [SUITE_AES_256_GCM] = 16 + 4,
		[SUITE_AES_CM_80] = 4 + 10, [SUITE_AES_CM_32] = 4 + 10,
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct media_srtp k = keys_of(&vectors[i]);
		struct seal *out = seal_sender_new(&k, SSRC);
		struct seal *in = seal_receiver_new(&k);
		_Alignas(8) uint8_t p[64 + SEAL_ROOM], text[64], copy[64];
		size_t n = report(p), size = n, sealed;

		assert_int_equal(seal_close(out, p, &n, true), 0);
		assert_int_equal(n, size + more[k.suite]);
		assert_memory_not_equal(p + 8, text, 8);
		memcpy(copy, p, n);
		sealed = n;
		assert_int_equal(seal_open(in, p, &n, true), 0);
		assert_int_equal(n, report(text));
		assert_memory_equal(p, text, n);
		assert_int_equal(seal_open(in, copy, &sealed, true), -EBADMSG);
		seal_free(out);
		seal_free(in);
	}
}

/* Past 65535 the roll-over counter goes on at both ends (RFC 3711, 3.3.1), out
 * of order as well; and a second SSRC has a counter of its own. */
static void rolls_over(void **state)
{
	struct media_srtp k = keys_of(&vectors[2]);
	struct seal *out = seal_sender_new(&k, SSRC);
	struct seal *other = seal_sender_new(&k, 7);
	struct seal *in = seal_receiver_new(&k);
	_Alignas(8) uint8_t held[PLAIN + SEAL_ROOM] = { 0 };
	size_t held_size = 0;

	for (unsigned i = 0; i < 70000; i++) {
		_Alignas(8) uint8_t p[PLAIN + SEAL_ROOM];
		size_t n = plain(p);
		unsigned seq = 60000 + i;

		p[2] = (uint8_t)(seq >> 8);
		p[3] = (uint8_t)seq;
		assert_int_equal(seal_close(out, p, &n, false), 0);
		if (seq == 65535) {
			memcpy(held, p, n);
			held_size = n;
			continue;
		}
		assert_int_equal(seal_open(in, p, &n, false), 0);
		if (seq == 65540)
			assert_int_equal(seal_open(in, held, &held_size, false), 0);
	}
	held_size = plain(held);
	memcpy(held + 8, "\0\0\0\7", 4);
	assert_int_equal(seal_close(other, held, &held_size, false), 0);
	assert_int_equal(seal_open(in, held, &held_size, false), 0);
	seal_free(out);
	seal_free(other);
	seal_free(in);
}

/* The far end's packets name their key (RFC 3711 section 3.1). */
static void with_mki(void **state)
{
	struct media_srtp k = keys_of(&vectors[0]);
	struct seal *out = seal_sender_new(&k, SSRC), *in;
	_Alignas(8) uint8_t p[PLAIN + SEAL_ROOM];
	size_t n = plain(p);

	k.mki_size = 2;
	k.mki[1] = 5;
	in = seal_receiver_new(&k);
	assert_int_equal(seal_close(out, p, &n, false), 0);
	/* Before the tag of ten octets. */
	memmove(p + n - 8, p + n - 10, 10);
	p[n - 10] = 0;
	p[n - 9] = 5;
	n += 2;
	assert_int_equal(seal_open(in, p, &n, false), 0);
	assert_int_equal(n, PLAIN);
	seal_free(out);
	seal_free(in);
}

static void tells_keys_apart(void **state)
{
	struct media_srtp a = keys_of(&vectors[0]), b = a;
	struct seal *out = seal_sender_new(&a, SSRC);
	struct seal *in = seal_receiver_new(&a);

	assert_true(seal_sends_with(out, &a));
	assert_true(seal_receives_with(in, &a));
	b.local[29] ^= 1;
	assert_false(seal_sends_with(out, &b));
	assert_true(seal_receives_with(in, &b));
	b = a;
	b.suite = SUITE_AES_CM_32;
	assert_false(seal_sends_with(out, &b));
	assert_false(seal_receives_with(in, &b));
	b = a;
	b.mki_size = 1;
	assert_false(seal_receives_with(in, &b));
	assert_false(seal_sends_with(NULL, &a));
	seal_free(out);
	seal_free(in);
	seal_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_packets),
		cmocka_unit_test(forged_packets),
		cmocka_unit_test(reports),
		cmocka_unit_test(rolls_over),
		cmocka_unit_test(with_mki),
		cmocka_unit_test(tells_keys_apart),
	};

	return cmocka_run_group_tests(tests, init, NULL);
}
