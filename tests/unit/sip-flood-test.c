/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* How much one address may send, and what counts as new. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sip/flood.h"
#include "sip/glance.h"
#include "sip/stream.h"

static const struct sockaddr *host(unsigned n, uint16_t port)
{
	static struct sockaddr_in a;

	a = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(0x7f000000u + n) };
	return (const void *)&a;
}

/* Of COUNT at once, how many are served. */
static unsigned served(struct flood *f, unsigned n, bool begins, unsigned count,
		       uint64_t ms, unsigned *told)
{
	unsigned good = 0;
	bool tell;

	while (count--) {
		good += flood_admits(f, host(n, (uint16_t)(1000 + count)), begins, ms,
				     &tell);
		*told += tell;
	}
	return good;
}

static void test_rate(void **state)
{
	static struct flood f = { .rate = 10 };
	unsigned told = 0;

	assert_int_equal(served(&f, 1, true, 50, 5000, &told), 20);
	assert_int_equal(f.dropped, 30);
	assert_int_equal(told, 1);
	/* What belongs to calls, and others, are served all the same. */
	assert_int_equal(served(&f, 1, false, 300, 5000, &told), 200);
	assert_int_equal(served(&f, 2, true, 50, 5000, &told), 20);
	/* Ten a second come back, a burst at most. */
	assert_int_equal(served(&f, 1, true, 50, 5100, &told), 1);
	assert_int_equal(served(&f, 1, true, 50, 6100, &told), 10);
	assert_int_equal(served(&f, 1, true, 50, 600000, &told), 20);
	/* A line for each of the two, and again after a minute. */
	assert_int_equal(told, 3);
}

static void test_more_sources_than_room(void **state)
{
	static struct flood f = { .rate = 1 };
	unsigned told = 0;

	for (unsigned n = 0; n < 3 * FLOOD_SOURCES; n++)
		assert_int_equal(served(&f, n, true, 5, 1000 + n, &told), 2);
	/* Who was heard last is known, who was silent for longest is not. */
	assert_int_equal(served(&f, 3 * FLOOD_SOURCES - 1, true, 5, 1192, &told), 0);
	assert_int_equal(served(&f, 0, true, 5, 1193, &told), 2);
}

static void test_what_is_new(void **state)
{
	static const struct { const char *text; bool inside; } rows[] = {
		{ "INVITE sip:1@x SIP/2.0\r\nTo: <sip:1@x>\r\n", false },
		{ "INVITE sip:1@x SIP/2.0\r\nTo: <sip:1@x>;tag=2\r\n", true },
		{ "INVITE sip:1@x SIP/2.0\r\nUser-Agent: a\r\nt :sip:1@x; tag=2\r\n",
		  true },
		{ "INVITE sip:1@x SIP/2.0\r\nTo: sip:1@x\r\n ;tag=2\r\n", true },
		{ "INVITE sip:1@x SIP/2.0\r\nFrom: <sip:1@x>;tag=2\r\nTo: tag=\r\n",
		  false },
		{ "BYE sip:1@x SIP/2.0\r\n", true },
		{ "ACK sip:1@x SIP/2.0\r\n", true },
		{ "CANCEL sip:1@x SIP/2.0\r\nTo: <sip:1@x>\r\n", true },
		{ "OPTIONS sip:1@x SIP/2.0\r\n\r\nTo: <sip:1@x>;tag=2\r\n", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct glance g;

		glance_read(&g, rows[i].text, strlen(rows[i].text));
		assert_int_equal(g.inside, rows[i].inside);
	}
}

/* A connection owes what it sent above the rate, and rests until that is paid; its
 * source's other connections with it. */
static void test_streams_owe(void **state)
{
	static struct flood f = { .rate = 10 };
	const unsigned full = 10 * FLOOD_SECONDS * FLOOD_INSIDE;
	bool tell;

	assert_int_equal(flood_charge(&f, host(1, 1000), full, 1000, &tell), 0);
	assert_false(tell);
	assert_int_equal(flood_charge(&f, host(1, 1001), 10, 1000, &tell), 101);
	assert_true(tell);
	assert_int_equal(flood_charge(&f, host(1, 1000), 10, 1000, &tell), 201);
	assert_false(tell);
	assert_int_equal(flood_charge(&f, host(2, 1000), 10, 1000, &tell), 0);
	assert_int_equal(flood_charge(&f, host(1, 1000), 0, 1201, &tell), 0);
	/* No more than the burst is saved. */
	assert_int_equal(flood_charge(&f, host(1, 1000), full, 999999, &tell), 0);
	assert_true(flood_charge(&f, host(1, 1000), 1, 999999, &tell) > 0);
}

static void test_what_streams_cost(void **state)
{
	static const struct { const char *text; unsigned cost; } rows[] = {
		{ "", 0 }, { "\r\n\r\n", 1 },
		{ "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP c\r\n\r\n", 10 },
		{ "INVITE sip:a SIP/2.0\n\nREGISTER sip:a SIP/2.0\r\n\r\n", 20 },
		{ "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP c\r\n\r\n", 1 },
		{ "BYE sip:a@b SIP/2.0\r\n\r\nACK sip:a@b SIP/2.0\r\n\r\n", 2 },
		{ "0\r\nm=audio\r\nINVITE sip:a SIP/2.0\r\nVia: x", 10 },
		{ " SIP/2.0", 10 }, { "x SIP/2.0x\r\n", 1 },
	};
	char noise[4096];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(stream_cost(rows[i].text, strlen(rows[i].text)),
				 rows[i].cost);
	memset(noise, 0xff, sizeof(noise));
	assert_int_equal(stream_cost(noise, sizeof(noise)), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_more_sources_than_room),
		cmocka_unit_test(test_what_is_new),
		cmocka_unit_test(test_streams_owe),
		cmocka_unit_test(test_what_streams_cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
