/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Digest's algorithms, against the examples of RFC 7616; and what is answered to
 * which challenges. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sip-registrar.h"
#include "sip/digest_hash.h"

static const struct digest_parts mufasa = {
	.user = "Mufasa", .realm = "http-auth@example.org",
	.secret = "Circle of Life",
	.nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
	.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
	.count = "00000001", .qop = "auth", .method = "GET",
	.uri = "/dir/index.html",
};

static void check(const char *algorithm, const struct digest_parts *p,
		  const char *want)
{
	char got[DIGEST_HEX];
	int a = digest_algorithm(algorithm);

	assert_true(a >= 0);
	assert_int_equal(digest_response(a, p, got), 0);
	assert_string_equal(got, want);
}

/* RFC 7616 section 3.9.1; section 3.9.2 with its erratum 4897. */
static void test_examples(void **state)
{
	static const struct digest_parts doe = {
		.user = "J\xc3\xa4s\xc3\xb8n Doe", .realm = "api@example.org",
		.secret = "Secret, or not?",
		.nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
		.cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
		.count = "00000001", .qop = "auth", .method = "GET",
		.uri = "/doe.json",
	};

	check("MD5", &mufasa, "8ca523f5e9506fed4657c9700eebdbec");
	check("SHA-256", &mufasa, "753927fa0e85d155564e2e272a28d180"
	      "2ca10daf4496794697cf8db5856cb6c1");
	check("SHA-512-256", &doe, "3798d4131c277846293534c3edc11bd8"
	      "a5e4cdcbff78b05db9d95eeb1cec68a5");
}

/* The same bound to a session, and without qop. Worked out with Python. */
static void test_without_qop_and_session(void **state)
{
	struct digest_parts p = mufasa;

	check("MD5-sess", &p, "e783283f46242139c486a698fec7211d");
	check("SHA-256-sess", &p, "2fd51b3a77ad75bad6afad6003e818d7"
	      "67133c46d9e2749e7f5232ae1ea3efd7");
	p.qop = NULL;
	check("MD5", &p, "7b2cc3b30e75b4777ea31027084363fd");
	check("SHA-256", &p, "a1306b0595a6c7fe96c448631fb5cfbd"
	      "5107bd1fe1da729d978dd7446b812363");
}

/* The body counts, too; without one the empty text does. Worked out with Python. */
static void test_with_body(void **state)
{
	struct digest_parts p = mufasa;

	p.qop = "auth-int";
	check("SHA-256", &p, "8bdf6f15638e260831e905028de54505"
	      "62816d093c9bfc5c13d3a46adcdde940");
	p.body = "v=0\r\n";
	p.body_size = 5;
	check("SHA-256", &p, "385d2de062660ced11876f42d9497c69"
	      "cacf5caaf3d951dd424aee9f7157d563");
}

static void test_names(void **state)
{
	static const char *const unknown[] = {
		"", "\"", "\"\"", "MD", "MD55", "MD5-", "SHA", "SHA-1", "SHA-2566",
		"SHA-256-", "SHA-512", "\"MD5", "AKAv1-MD5",
	};

	assert_int_equal(digest_algorithm(NULL), digest_algorithm("MD5"));
	assert_int_equal(digest_algorithm("\"sha-256\""), digest_algorithm("SHA-256"));
	assert_true(digest_algorithm("MD5") < digest_algorithm("SHA-256"));
	assert_true(digest_algorithm("MD5") < digest_algorithm("SHA-256-sess"));
	assert_true(digest_algorithm("SHA-256") < digest_algorithm("SHA-512-256"));
	assert_true(digest_is_session(digest_algorithm("SHA-512-256-sess")));
	assert_false(digest_is_session(digest_algorithm("SHA-512-256")));
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		if (digest_algorithm(unknown[i]) != -ENOTSUP)
			fail_msg("\"%s\" was taken", unknown[i]);
}

/* ----------------------------------------------------------------- challenges */

/* One challenge of each of these algorithms, with a nonce of its name and number;
 * "Basic" is Basic. */
static void challenge_each(const char *request, const char *algorithms, int number,
			   const char *more)
{
	char headers[1024] = "", list[128], *next = list, *name;

	snprintf(list, sizeof(list), "%s", algorithms);
	while ((name = strsep(&next, " "))) {
		size_t n = strlen(headers);

		if (!strcmp(name, "Basic"))
			snprintf(headers + n, sizeof(headers) - n,
				 "WWW-Authenticate: Basic realm=\"the realm\"\n");
		else
			snprintf(headers + n, sizeof(headers) - n,
				 "WWW-Authenticate: Digest realm=\"the realm\", "
				 "nonce=\"%s%d\", algorithm=%s, qop=\"auth,auth-int"
				 "\", opaque=\"o\"%s\n", name, number, name, more);
	}
	peer_answer(&f, fd, request, "401 Unauthorized", headers);
}

static void test_strongest_digest(void **state)
{
	static const struct { const char *offered, *chosen, *hash; } rows[] = {
		{ "SHA-256", "SHA-256", "SHA256" },
		{ "SHA-256 MD5", "SHA-256", "SHA256" },
		{ "MD5 SHA-256", "SHA-256", "SHA256" },
		{ "SHA-512-256", "SHA-512-256", "SHA512-256" },
		{ "MD5 SHA-512-256 SHA-256", "SHA-512-256", "SHA512-256" },
		{ "SHA-999 Basic MD5", "MD5", "MD5" },
		{ "Basic SHA-256 SHA-999", "SHA-256", "SHA256" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char nonce[32], got[128];
		const char *m, *header;

		init_registering();
		assert_true(fixture_start(&f));
		challenge_each(expect_request("REGISTER", 2000), rows[i].offered, 1, "");
		m = expect_request("REGISTER", 2000);
		snprintf(nonce, sizeof(nonce), "%s1", rows[i].chosen);
		header = header_of(m, "Authorization");
		check_hash(rows[i].hash, header, "REGISTER", nonce, "00000001");
		assert_string_equal(parameter(header, "algorithm", got), rows[i].chosen);
		assert_string_equal(parameter(header, "opaque", got), "o");
		/* One header, not one for each challenge. */
		assert_null(strstr(strstr(m, "Authorization:") + 1, "Authorization:"));
		challenge_each(m, rows[i].offered, 2, ", stale=true");
		m = expect_request("REGISTER", 2000);
		snprintf(nonce, sizeof(nonce), "%s2", rows[i].chosen);
		check_hash(rows[i].hash, header_of(m, "Authorization"), "REGISTER",
			   nonce, "00000001");
		grant(m, 3600);
		expect_logged("acme up", 1000);
		stop();
	}
}

/* Who was asked for SHA-256 is not bid down to MD5. */
static void test_no_weaker_digest(void **state)
{
	struct trunk_status s;
	const char *m;

	init_registering();
	assert_true(fixture_start(&f));
	challenge_each(expect_request("REGISTER", 2000), "SHA-256", 1, "");
	m = expect_request("REGISTER", 2000);
	challenge_each(m, "MD5", 2, ", stale=true");
	for (int i = 0; i < 3; i++) {
		m = peer_receive(&f, fd, 300);
		if (!*m)
			break;
		assert_null(strstr(m, "MD5"));
		challenge_each(m, "MD5", 3, ", stale=true");
	}
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_string_equal(s.registration, "waiting");
	assert_false(s.up);
	stop();
}

/* Another's realm gets nothing, whatever it offers beside ours. */
static void test_only_our_realm(void **state)
{
	struct trunk_status s;
	const char *m;

	init_registering();
	f.trunk[0].realm = "ours";
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	challenge_each(m, "SHA-256 MD5", 1, "");
	assert_string_equal(peer_receive(&f, fd, 500), "");
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_string_equal(s.last_error, "401 it asks for a password in another "
			    "realm than ours; see realm");
	stop();
	init_registering();
	f.trunk[0].realm = "the realm";
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	challenge_each(m, "SHA-256 MD5", 1, "");
	m = expect_request("REGISTER", 2000);
	check_hash("SHA256", header_of(m, "Authorization"), "REGISTER",
		   "SHA-2561", "00000001");
	stop();
}

static void test_never_basic(void **state)
{
	struct trunk_status s;
	const char *m;

	init_registering();
	assert_true(fixture_start(&f));
	m = expect_request("REGISTER", 2000);
	peer_answer(&f, fd, m, "401 Unauthorized",
		    "WWW-Authenticate: Basic realm=\"the realm\"\n");
	assert_string_equal(peer_receive(&f, fd, 500), "");
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_string_equal(s.registration, "waiting");
	assert_string_equal(s.last_error, "401 it offers no kind of authentication "
			    "that we have (Digest with MD5, SHA-256 or SHA-512-256)");
	stop();
}

static void test_wrong_secret(void **state)
{
	struct trunk_status s;
	const char *m;
	unsigned tries = 0;

	init_registering();
	assert_true(fixture_start(&f));
	/* A new nonce each time and never stale: no endless trying. */
	for (;;) {
		char nonce[16];

		m = peer_receive(&f, fd, 700);
		if (!*m)
			break;
		snprintf(nonce, sizeof(nonce), "n%u", tries++);
		assert_true(tries < 6);
		challenge(m, nonce, "");
	}
	assert_true(tries >= 2);
	agent_trunk_status(fixture_trunk("acme"), &s);
	assert_string_equal(s.registration, "waiting");
	assert_string_equal(s.last_error, "401 the registrar refuses this user or "
			    "secret");
	assert_false(s.up);
	assert_true(s.next_s >= 14 && s.next_s <= 46);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples),
		cmocka_unit_test(test_without_qop_and_session),
		cmocka_unit_test(test_with_body),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_strongest_digest),
		cmocka_unit_test(test_no_weaker_digest),
		cmocka_unit_test(test_only_our_realm),
		cmocka_unit_test(test_never_basic),
		cmocka_unit_test(test_wrong_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
