/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Nonces: their time, their host, their counts; and credentials of any shape. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sip/digest_hash.h"
#include "sip/nonce.h"
#include "sip/proof.h"

static struct sockaddr_in host = { .sin_family = AF_INET,
				   .sin_addr.s_addr = 0x0100007f };
static struct sockaddr_in other = { .sin_family = AF_INET,
				    .sin_addr.s_addr = 0x0200007f };
static struct nonces *n;
static char nonce[NONCE_TEXT];

#define AT(x) (const struct sockaddr *)&(x)

static enum nonce_verdict use(uint32_t count, uint8_t request, uint64_t now)
{
	uint8_t hash[NONCE_HASH] = { request };

	return nonce_use(n, nonce, AT(host), count, hash, now);
}

static int setup(void **state)
{
	n = nonces_new();
	assert_non_null(n);
	assert_int_equal(nonce_make(n, nonce, AT(host), 1000), 0);
	return 0;
}

static int teardown(void **state)
{
	nonces_free(n);
	return 0;
}

static void test_time_and_host(void **state)
{
	uint8_t hash[NONCE_HASH] = { 1 };
	char changed[NONCE_TEXT];

	assert_int_equal(nonce_use(n, nonce, AT(other), 1, hash, 1000), NONCE_STALE);
	for (unsigned i = 0; i < NONCE_TEXT - 1; i++) {
		memcpy(changed, nonce, sizeof(changed));
		changed[i] = changed[i] == '0' ? '1' : '0';
		assert_int_equal(nonce_use(n, changed, AT(host), 1, hash, 1000),
				 NONCE_STALE);
	}
	assert_int_equal(nonce_use(n, "", AT(host), 1, hash, 1000), NONCE_STALE);
	assert_int_equal(nonce_use(n, "x", AT(host), 1, hash, 1000), NONCE_STALE);
	host.sin_port = 99;	/* the port is free to change */
	assert_int_equal(use(1, 1, 1000 + NONCE_LIFE_MS - 1), NONCE_GOOD);
	/* Sent once more when its time is over; another one comes too late. */
	assert_int_equal(use(1, 1, 1000 + NONCE_LIFE_MS + 5), NONCE_AGAIN);
	assert_int_equal(use(2, 2, 1000 + NONCE_LIFE_MS), NONCE_STALE);
	/* After its transaction the same is a replay, then stale. */
	assert_int_equal(use(1, 1, 1000 + NONCE_LIFE_MS + 32000), NONCE_STALE);
}

static void test_counts(void **state)
{
	assert_int_equal(use(0, 1, 1000), NONCE_REPLAYED);
	assert_int_equal(use(5, 1, 1000), NONCE_GOOD);
	assert_int_equal(use(5, 1, 1001), NONCE_AGAIN);
	assert_int_equal(use(5, 2, 1001), NONCE_REPLAYED);
	assert_int_equal(use(3, 3, 1001), NONCE_GOOD);	/* came late */
	assert_int_equal(use(3, 4, 1001), NONCE_REPLAYED);
	assert_int_equal(use(100, 5, 1001), NONCE_GOOD);
	assert_int_equal(use(36, 6, 1001), NONCE_REPLAYED);	/* too late */
	assert_int_equal(use(37, 7, 1001), NONCE_GOOD);
	assert_int_equal(use(0xffffffff, 8, 1001), NONCE_GOOD);
	assert_int_equal(use(0, 9, 1001), NONCE_REPLAYED);
	assert_int_equal(use(5, 1, 33100), NONCE_REPLAYED);
}

/* More proved nonces than there is room for: none can be replayed because its
 * count was forgotten. */
static void test_full(void **state)
{
	char kept[300][NONCE_TEXT];
	uint8_t hash[NONCE_HASH] = { 7 }, again[NONCE_HASH] = { 8 };

	for (unsigned i = 0; i < 300; i++) {
		assert_int_equal(nonce_make(n, kept[i], AT(host), 2000 + i), 0);
		assert_int_equal(nonce_use(n, kept[i], AT(host), 1, hash, 2000 + i),
				 NONCE_GOOD);
	}
	for (unsigned i = 0; i < 300; i++) {
		enum nonce_verdict v = nonce_use(n, kept[i], AT(host), 1, again, 2400);

		assert_int_equal(v, i < 44 ? NONCE_STALE : NONCE_REPLAYED);
	}
}

/* ----------------------------------------------------------------- credentials */

static const char *secret_of(void *arg, const char *user)
{
	return strcmp(user, "b\"x") ? NULL : "the secret";
}

static const enum digest_kind kinds[] = { DIGEST_SHA256, DIGEST_MD5 };
static struct proof_conf conf = {
	.realm = "r", .digests = kinds, .digest_count = 2, .secret = secret_of,
};

static enum proof weigh(const char *credentials, const char *uri)
{
	struct proof_request r;
	char data[4096], user[PROOF_USER];
	int size = snprintf(data, sizeof(data), "INVITE %s SIP/2.0\r\n"
			    "v: SIP/2.0/UDP x;branch=z9hG4bK1\r\nf: a;tag=1\r\n"
			    "To: <sip:b>\r\ni: c\r\nCSeq: 1 INVITE\r\n"
			    "Authorization: Digest username=\"x\", realm=\"theirs\", "
			    "nonce=\"1\", response=\"2\"\r\n"
			    "AUTHORIZATION :\r\n  %s\r\n\r\n", uri, credentials);

	proof_read(&r, data, (size_t)size);
	assert_false(r.inside);
	assert_string_equal(r.branch, "z9hG4bK1");
	return proof_check(n, &conf, &r, AT(host), 1000, user);
}

static void test_credentials(void **state)
{
	struct digest_parts p = { .user = "b\"x", .realm = "r", .nonce = nonce,
		.secret = "the secret", .cnonce = "c,\"=", .count = "00000001",
		.qop = "auth", .method = "INVITE", .uri = "sip:6%300;x=y@h" };
	char response[DIGEST_HEX], text[1024];

	assert_int_equal(digest_response(digest_algorithm("MD5"), &p, response), 0);
	snprintf(text, sizeof(text), "digest  USERNAME = \"b\\\"x\",realm=\"r\" ,"
		 "unknown=\"a, b\", nonce=\"%s\",\turi=\"%s\", response=\"%s\", "
		 "qop=\"auth\", cnonce=\"c,\\\"=\", nc=00000001", nonce, p.uri,
		 response);
	assert_int_equal(weigh(text, "sip:600@h;transport=udp"), PROOF_GOOD);
	assert_int_equal(weigh(text, "sip:601@h"), PROOF_WRONG);
	assert_int_equal(weigh(text, "sip:60@h"), PROOF_WRONG);
	assert_int_equal(weigh("Basic Yjp0aGUgc2VjcmV0", "sip:600@h"), PROOF_NONE);
	assert_int_equal(weigh("Digest", "sip:600@h"), PROOF_NONE);
	assert_int_equal(weigh("Digest username", "sip:600@h"), PROOF_NONE);
	assert_int_equal(weigh("Digest username=\"b", "sip:600@h"), PROOF_NONE);
	snprintf(text, sizeof(text), "Digest username=\"b\\\"x\", realm=\"r\", "
		 "nonce=\"%s\", uri=\"sip:600@h\", response=\"%s\", "
		 "algorithm=SHA-512-256", nonce, response);
	assert_int_equal(weigh(text, "sip:600@h"), PROOF_WRONG);	/* not taken */
	memset(text, 'x', sizeof(text) - 1);
	memcpy(text, "Digest username=", 16);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(weigh(text, "sip:600@h"), PROOF_NONE);
}

/* Each with the secret right but for what is named. */
static void test_order(void **state)
{
	struct digest_parts p = { .user = "b\"x", .realm = "r",
		.nonce = "from before a restart", .secret = "the secret",
		.method = "INVITE", .uri = "sip:h" };
	char response[DIGEST_HEX], text[1024], challenge[PROOF_CHALLENGE];

	digest_response(digest_algorithm("MD5"), &p, response);
	snprintf(text, sizeof(text), "Digest username=\"b\\\"x\", realm=\"r\", "
		 "nonce=\"%s\", uri=\"sip:h\", response=\"%s\"", p.nonce, response);
	assert_int_equal(weigh(text, "sip:600@h"), PROOF_STALE);
	response[0] ^= 1;
	snprintf(text, sizeof(text), "Digest username=\"b\\\"x\", realm=\"r\", "
		 "nonce=\"%s\", uri=\"sip:h\", response=\"%s\"", nonce, response);
	assert_int_equal(weigh(text, "sip:600@h"), PROOF_WRONG);
	assert_true(proof_challenge(n, &conf, AT(host), true, 1000, challenge) > 100);
	assert_non_null(strstr(challenge, "algorithm=SHA-256, qop=\"auth\", stale=true"));
	assert_true(strstr(challenge, "=SHA-256") < strstr(challenge, "=MD5"));
}

static void test_body(void **state)
{
	static const struct {
		const char *length, *body, *proved;
		enum digest_cover cover;
		enum proof proof;
	} table[] = {
		{ "Content-Length: 4\r\n", "v=0\n", "v=0\n", COVER_AUTH_INT, PROOF_GOOD },
		{ "", "v=0\n", "v=0\n", COVER_EITHER, PROOF_GOOD },
		{ "l:3\r\n", "v=0\n", "v=0", COVER_AUTH_INT, PROOF_GOOD },
		{ "l: 0\r\n", "v=0\n", "", COVER_AUTH_INT, PROOF_GOOD },
		{ "l: 99\r\n", "v=0\n", "v=0\n", COVER_AUTH_INT, PROOF_GOOD },
		{ "l: 4\r\n", "v=1\n", "v=0\n", COVER_AUTH_INT, PROOF_WRONG },
		{ "l: 4\r\n", "v=0\n", "v=0\n", COVER_AUTH, PROOF_WRONG },
		{ "l: 4\r\n", "v=0\n", NULL, COVER_EITHER, PROOF_GOOD },
		{ "l: 4\r\n", "v=0\n", NULL, COVER_AUTH_INT, PROOF_WRONG },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct digest_parts p = { .user = "b\"x", .realm = "r",
			.nonce = nonce, .secret = "the secret", .cnonce = "c",
			.qop = table[i].proved ? "auth-int" : "auth",
			.method = "INVITE", .uri = "sip:600@h",
			.body = table[i].proved,
			.body_size = table[i].proved ? strlen(table[i].proved) : 0 };
		char response[DIGEST_HEX], data[2048], count[12], user[PROOF_USER];
		struct proof_request r;
		int size;

		snprintf(count, sizeof(count), "%08zx", i + 1);
		p.count = count;
		digest_response(digest_algorithm("MD5"), &p, response);
		size = snprintf(data, sizeof(data), "INVITE sip:600@h SIP/2.0\r\n"
			"v: SIP/2.0/UDP x;branch=z9hG4bK%zu\r\nf: a;tag=1\r\n"
			"To: <sip:b>\r\ni: c\r\nCSeq: 1 INVITE\r\n%sAuthorization: "
			"Digest username=\"b\\\"x\", realm=\"r\", nonce=\"%s\", "
			"uri=\"sip:600@h\", response=\"%s\", cnonce=\"c\", nc=%s, "
			"qop=%s\r\n\r\n%s", i, table[i].length, nonce, response,
			count, p.qop, table[i].body);
		conf.cover = table[i].cover;
		proof_read(&r, data, (size_t)size);
		assert_int_equal(proof_check(n, &conf, &r, AT(host), 1000, user),
				 table[i].proof);
	}
	conf.cover = COVER_AUTH;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(test_time_and_host), TEST(test_counts), TEST(test_full),
		TEST(test_credentials), TEST(test_order),
		TEST(test_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
