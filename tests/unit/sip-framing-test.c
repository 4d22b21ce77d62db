/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Where a stream of SIP stands, however it is cut into pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sip/framing.h"

#define BODY "v=0\r\n\r\nabc\r\n"	/* 12 octets */

static const char *const messages[] = {
	"SIP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
	"SIP/2.0 200 OK\r\n\r\n",
	"NOTIFY sip:a SIP/2.0\r\nl: 12\r\nSubject: l: 99\r\n\r\n" BODY,
	"NOTIFY sip:a SIP/2.0\r\nCONTENT-LENGTH \t:12\r\n\r\n" BODY,
	"NOTIFY sip:a SIP/2.0\nContent-Length:12\n\n" BODY,
	"INFO sip:a SIP/2.0\r\nX-Content-Length: 7\r\nContent-LengthX: 7\r\n"
	"Content-Length: 2\r\n\r\n\r\n",
};

/* A line's end is a keep-alive behind the last octet, and nowhere before. */
static void the_end_is_found_in_any_pieces(void **state)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
		size_t n = strlen(messages[i]);

		for (size_t a = 1; a < n; a++) {
			struct framing f = { 0 };

			framing_feed(&f, "\r\n", 2);
			assert_true(framing_idle(&f, "\r\n", 2));
			framing_feed(&f, messages[i], a);
			assert_false(framing_idle(&f, "\r\n", 2));
			framing_feed(&f, messages[i] + a, n - a);
			assert_true(framing_idle(&f, "\r\n\r\n", 4));
			assert_false(framing_idle(&f, "\r\nS", 3));
		}
	}
}

static void several_in_one_piece(void **state)
{
	struct framing f = { 0 };
	char text[2048] = "";

	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
		strcat(text, messages[i]);
		strcat(text, "\r\n\r\n");
	}
	framing_feed(&f, text, strlen(text));
	assert_true(framing_idle(&f, "\r\n", 2));
	for (const char *c = text; *c; c++)
		framing_feed(&f, c, 1);
	assert_true(framing_idle(&f, "\r\n", 2));
}

/* Nonsense ends nowhere bad: it is the SIP library's to judge. */
static void nonsense_is_survived(void **state)
{
	struct framing f = { 0 };
	char line[300];
	uint32_t x = 1;

	memset(line, 'x', sizeof(line));
	framing_feed(&f, line, sizeof(line));
	framing_feed(&f, "\r\nContent-Length: -1\r\n\r\n", 24);
	assert_false(framing_idle(&f, "\r\n", 2));
	memset(&f, 0, sizeof(f));
	framing_feed(&f, "a\r\nl: 99999999999999999999999999\r\n\r\n", 37);
	assert_false(framing_idle(&f, "\r\n", 2));
	memset(&f, 0, sizeof(f));
	for (unsigned i = 0; i < 200000; i++) {
		char c = (char)(x >> 24);

		x = x * 1664525 + 1013904223;
		framing_feed(&f, x % 5 ? &c : "\r\n", x % 5 ? 1 : 2);
		assert_true(f.used < FRAMING_LINE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_end_is_found_in_any_pieces),
		cmocka_unit_test(several_in_one_piece),
		cmocka_unit_test(nonsense_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
