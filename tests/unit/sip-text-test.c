/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Numbers and names, addresses and networks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip/access.h"
#include "sip/alert.h"
#include "sip/identity.h"

static void test_alerts(void **state)
{
	static const struct { const char *header, *name; } rows[] = {
		{ NULL, "" }, { "", "" }, { ",", "" }, { "<", "" }, { "<>", "" },
		{ "<http://127.0.0.1/Bellcore-dr2>", "bellcore-dr2" },
		{ "<Bellcore-dr3>", "bellcore-dr3" }, { "Bellcore-dr4", "bellcore-dr4" },
		{ " <http://x/sounds/long.wav?a=1>", "long" },
		{ "<http://www.example.com>;info=alert-external", "external" },
		{ "<http://x/y>;p=1; info=\"Alert-Group\";x=2", "group" },
		{ ";info=alert-internal", "internal" }, { "info=priority", "priority" },
		{ "<x>;noinfo=a", "x" }, { "<x>;info=", "x" }, { "<x>;info=\"", "x" },
		{ "<urn:alert:source:internal>", "internal" },
		{ "<URN:alert:source:external:vip@example.net>", "external" },
		{ "<urn:alert:priority:high>", "priority-high" },
		{ "<urn:alert:source>", "" }, { "<urn:alert:>", "" },
		{ "<http://x/a,b>, <urn:alert:service:normal>", "service-normal" },
		{ "<http://x/%00>", "" }, { "<x/../../etc passwd>", "" },
		{ "<http://x/12345678901234567890123456789012345678901234567890>", "" },
		{ "\"a, b\" <y>", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[ALERT_NAME_SIZE];

		alert_read(name, rows[i].header);
		if (strcmp(name, rows[i].name))
			fail_msg("%s: \"%s\"", rows[i].header, name);
	}
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
	struct identity_ours ours = { user, "example.test", "t", by, false };

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
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_parties),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_callers),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
