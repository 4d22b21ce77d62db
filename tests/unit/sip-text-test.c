/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Numbers and names, causes and statuses, addresses and networks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip/access.h"
#include "sip/cause_map.h"
#include "sip/identity.h"

/* RFC 3398 section 8.2.6.1. */
static void test_status_to_cause(void **state)
{
	static const struct { int status, cause; } rows[] = {
		{ 400, 41 }, { 401, 21 }, { 402, 21 }, { 403, 21 }, { 404, 1 },
		{ 405, 63 }, { 406, 79 }, { 407, 21 }, { 408, 102 }, { 410, 22 },
		{ 413, 127 }, { 414, 127 }, { 415, 79 }, { 416, 127 }, { 420, 127 },
		{ 421, 127 }, { 423, 127 }, { 480, 18 }, { 481, 41 }, { 482, 25 },
		{ 483, 25 }, { 484, 28 }, { 485, 1 }, { 486, 17 }, { 487, 16 },
		{ 488, 65 }, { 500, 41 }, { 501, 79 }, { 502, 38 }, { 503, 41 },
		{ 504, 102 }, { 505, 127 }, { 513, 127 }, { 600, 17 }, { 603, 21 },
		{ 604, 1 }, { 606, 88 },
		/* Unknown: as the first of its class. */
		{ 499, 41 }, { 599, 41 }, { 699, 17 }, { 302, 127 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((int)cause_of_status(rows[i].status) != rows[i].cause)
			fail_msg("%d gives %d", rows[i].status,
				 cause_of_status(rows[i].status));
}

/* RFC 3398 section 7.2.4.1. */
static void test_cause_to_status(void **state)
{
	static const struct { int cause, status; } rows[] = {
		{ 1, 404 }, { 2, 404 }, { 3, 404 }, { 8, 480 }, { 16, 480 },
		{ 17, 486 }, { 18, 408 }, { 19, 480 }, { 20, 480 }, { 21, 403 },
		{ 22, 410 }, { 27, 502 }, { 28, 484 }, { 29, 501 }, { 31, 480 },
		{ 34, 503 }, { 38, 503 }, { 41, 503 }, { 42, 503 }, { 44, 503 },
		{ 47, 503 }, { 57, 403 }, { 58, 503 }, { 65, 488 }, { 79, 501 },
		{ 88, 503 }, { 102, 504 }, { 127, 500 }, { 0, 480 }, { 111, 500 },
		{ 43, 503 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (status_of_cause((enum cause)rows[i].cause) != rows[i].status)
			fail_msg("%d gives %d", rows[i].cause,
				 status_of_cause((enum cause)rows[i].cause));
	for (int c = 0; c < 128; c++) {
		int s = status_of_cause((enum cause)c);

		assert_true(s >= 400 && s < 700);
		assert_string_not_equal(status_phrase(s), "");
	}
}

static void test_reason(void **state)
{
	char text[160];

	reason_write(text, sizeof(text), CAUSE_BUSY, "pbx-1 \"is\" busy\r\nX: y");
	assert_string_equal(text, "Q.850;cause=17;text=\"pbx-1 is busyX: y\"");
	reason_write(text, sizeof(text), CAUSE_NORMAL, "");
	assert_non_null(strstr(text, "Q.850;cause=16;text=\"normal"));
	assert_int_equal(reason_cause(text), 16);
	assert_int_equal(reason_cause("Q.850 ; text=\"x\" ; cause = 34"), 34);
	assert_int_equal(reason_cause("SIP;cause=200"), CAUSE_NONE);
	assert_int_equal(reason_cause("Q.850;cause=999"), CAUSE_NONE);
	assert_int_equal(reason_cause("Q.850"), CAUSE_NONE);
}

static void test_numbers(void **state)
{
	static const struct { const char *user, *number; } rows[] = {
		{ "600", "600" }, { "+15551230001", "+15551230001" },
		{ "+1-555-123.0001", "+15551230001" }, { "(555)123 0001", "5551230001" },
		{ "+15551230001;phone-context=example.com", "+15551230001" },
		{ "600%23", "600#" }, { "*67600", "*67600" }, { "12AB", "12AB" },
		{ "600:secret", "600" }, { "600%3Bext=5", "600" },
		{ "600@example.com", "600" },
		{ "", "" }, { "alice", "" }, { "1+2", "" }, { "+", "" }, { "%", "" },
		{ "60%0", "" }, { "-", "" }, { "60a", "" },
		{ "1234567890123456789012345678901234567890123456789012345678901234",
		  "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char number[PARTY_NUMBER_SIZE];
		int err = identity_number(number, rows[i].user);

		assert_string_equal(number, rows[i].number);
		assert_int_equal(err, rows[i].number[0] ? 0 : -EINVAL);
	}
}

static void test_parties(void **state)
{
	static const struct { const char *value, *number, *name; } rows[] = {
		{ "<sip:600@x>", "600", "" }, { "sip:600@x;tag=1", "600", "" },
		{ "\"Ann \\\"A\\\" <Lee>\" <sip:+1555@x>;tag=1", "+1555",
		  "Ann \"A\" <Lee>" },
		{ "Ann Lee <sip:1@x>", "1", "Ann Lee" },
		{ "<tel:+1-555>", "+1555", "" }, { "<sips:5@x>", "5", "" },
		{ "<sip:ann@x>", "", "ann" }, { "<sip:x>", "", "" },
		{ "\"Ann\" <sip:ann@x>, <tel:+1555>", "+1555", "Ann" },
		{ "<http://600@x>", "", "" }, { "", "", "" }, { "\"", "", "" },
		{ "<", "", "" }, { "\"a\\", "", "" },
		{ "\"\303\251t\303\251\" <sip:1@x>", "1", "\303\251t\303\251" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct party p;

		identity_party(&p, rows[i].value);
		assert_string_equal(p.number, rows[i].number);
		assert_string_equal(p.name, rows[i].name);
	}
}

/* A name that is too long ends with a whole character. */
static void test_long_name(void **state)
{
	struct party p;
	char value[512] = "\"x";
	size_t n;

	for (int i = 0; i < 60; i++)
		strcat(value, "\303\251");
	strcat(value, "\" <sip:1@x>");
	identity_party(&p, value);
	n = strlen(p.name);
	assert_true(n < PARTY_NAME_SIZE && n >= PARTY_NAME_SIZE - 3);
	assert_int_equal((n - 1) % 2, 0);
}

static void who(struct party *p, const char *from, const char *asserted,
		const char *remote, const char *privacy)
{
	struct identity_said said = { from, asserted, NULL, remote, privacy };

	identity_caller(p, &said, IDENTITY_PAI);
}

static void write_who(struct identity_headers *h, const struct party *p,
		      const char *user, enum trunk_identity by)
{
	struct identity_ours ours = { user, "example.test", "t", by };

	identity_headers(h, p, &ours);
}

static void test_callers(void **state)
{
	struct party p;

	who(&p, "\"A\" <sip:1@x>", "<sip:+1555@x>", NULL, NULL);
	assert_string_equal(p.number, "+1555");
	assert_string_equal(p.name, "A");
	assert_int_equal(p.presentation, PRESENTATION_ALLOWED);
	who(&p, "<sip:anonymous@anonymous.invalid>", "<sip:+1555@x>",
			NULL, "id");
	assert_string_equal(p.number, "+1555");
	assert_int_equal(p.presentation, PRESENTATION_PRIVATE);
	who(&p, "\"Anonymous\" <sip:anonymous@x>", NULL, NULL, NULL);
	assert_string_equal(p.number, "");
	assert_string_equal(p.name, "");
	assert_int_equal(p.presentation, PRESENTATION_PRIVATE);
	who(&p, "\"unknown\" <sip:unknown@x>", NULL, NULL, "none");
	assert_string_equal(p.name, "");
	assert_int_equal(p.presentation, PRESENTATION_UNAVAILABLE);
	who(&p, "<sip:1@x>", NULL, "<sip:2@x>;privacy=full", NULL);
	assert_string_equal(p.number, "2");
	assert_int_equal(p.presentation, PRESENTATION_PRIVATE);
	who(&p, NULL, NULL, NULL, NULL);
	assert_int_equal(p.presentation, PRESENTATION_UNAVAILABLE);
}

static void test_headers(void **state)
{
	struct party p = { "+15551230001", "Ann \"A\"", PRESENTATION_ALLOWED };
	struct identity_headers h;

	write_who(&h, &p, "acme", IDENTITY_PAI);
	assert_string_equal(h.from, "\"Ann \\\"A\\\"\" <sip:+15551230001@example.test>"
			    ";tag=t");
	assert_string_equal(h.asserted, "P-Asserted-Identity: \"Ann \\\"A\\\"\" "
			    "<sip:+15551230001@example.test>");
	assert_string_equal(h.privacy, "");
	p.presentation = PRESENTATION_PRIVATE;
	write_who(&h, &p, "acme", IDENTITY_PAI);
	assert_string_equal(h.from, "\"Anonymous\" <sip:anonymous@anonymous.invalid>"
			    ";tag=t");
	assert_non_null(strstr(h.asserted, "+15551230001"));
	assert_string_equal(h.privacy, "id");
	p = (struct party){ .presentation = PRESENTATION_UNAVAILABLE };
	write_who(&h, &p, "acme", IDENTITY_PAI);
	assert_string_equal(h.asserted, "P-Asserted-Identity: <sip:acme@example.test>");
	assert_string_equal(h.privacy, "");
	p = (struct party){ .number = "12#" };
	write_who(&h, &p, "", IDENTITY_PAI);
	assert_string_equal(h.from, "<sip:12%23@example.test>;tag=t");
}

static bool in_network(const char *network, const char *address)
{
	struct access_network n;
	struct sockaddr_storage a;

	assert_int_equal(access_parse(&n, network), 0);
	assert_int_equal(address_parse(&a, address, 1), 0);
	return access_matches(&n, (struct sockaddr *)&a);
}

static void test_networks(void **state)
{
	static const char *const bad[] = { "", "x", "192.0.2.0/33", "192.0.2.0/-1",
		"192.0.2.0/", "192.0.2.0/8x", "192.0.2", "::/129", "host.example" };
	struct access_network n;

	assert_true(in_network("192.0.2.1", "192.0.2.1"));
	assert_false(in_network("192.0.2.1", "192.0.2.2"));
	assert_true(in_network("192.0.2.0/24", "192.0.2.255"));
	assert_false(in_network("192.0.2.0/24", "192.0.3.0"));
	assert_true(in_network("192.0.2.128/25", "192.0.2.129"));
	assert_false(in_network("192.0.2.128/25", "192.0.2.127"));
	assert_true(in_network("192.0.2.8/30", "192.0.2.11"));
	assert_false(in_network("192.0.2.8/30", "192.0.2.12"));
	assert_true(in_network("0.0.0.0/0", "203.0.113.7"));
	assert_false(in_network("0.0.0.0/0", "2001:db8::1"));
	assert_true(in_network("2001:db8::/32", "2001:db8:ffff::1"));
	assert_false(in_network("2001:db8::/32", "2001:db9::1"));
	assert_true(in_network("[2001:db8::1]", "2001:db8::1"));
	/* One address, written in two families. */
	assert_true(in_network("192.0.2.1", "::ffff:192.0.2.1"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (access_parse(&n, bad[i]) != -EINVAL)
			fail_msg("\"%s\" was taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_status_to_cause),
		cmocka_unit_test(test_cause_to_status),
		cmocka_unit_test(test_reason),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_parties),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_callers),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
