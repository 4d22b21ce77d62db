/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* STUN's Binding: the examples of RFC 5769, and what is not believed. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sip/stun.h"

#define HEAD "2112a442b7e7a701bc34d686fa87dfae"
#define SOFTWARE "8022000b7465737420766563746f7220"
#define XOR4 "002000080001a147e112a643"
#define XOR6 "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
#define PLAIN4 "0001000800011f90c0000209"	/* 192.0.2.9:8080 */

static uint8_t data[256];
static struct sockaddr_storage mapped;
static const uint8_t id[STUN_ID] = { 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86,
				     0xfa, 0x87, 0xdf, 0xae };

static size_t octets(const char *hex)
{
	size_t n = 0;

	for (unsigned v; sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
		data[n] = (uint8_t)v;
	return n;
}

static int response(const char *hex)
{
	return stun_response(&mapped, data, octets(hex), id);
}

static void is(const char *host, unsigned port)
{
	const struct sockaddr_in *in = (const void *)&mapped;
	const struct sockaddr_in6 *in6 = (const void *)&mapped;
	char text[INET6_ADDRSTRLEN];

	if (mapped.ss_family == AF_INET)
		inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text));
	assert_string_equal(text, host);
	assert_int_equal(ntohs(in->sin_port), port);
}

static void the_examples(void **state)
{
	assert_int_equal(response("0101003c" HEAD SOFTWARE XOR4
		"000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
		"80280004c07d4c96"), 0);
	is("192.0.2.1", 32853);
	assert_int_equal(response("01010048" HEAD SOFTWARE XOR6
		"00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
		"80280004c8fb0b4c"), 0);
	is("2001:db8:1234:5678:11:2233:4455:6677", 32853);
}

/* An old server's answer; the other one counts where both are there. */
static void the_plain_address(void **state)
{
	assert_int_equal(response("0101000c" HEAD PLAIN4), 0);
	is("192.0.2.9", 8080);
	assert_int_equal(response("01010018" HEAD PLAIN4 XOR4), 0);
	is("192.0.2.1", 32853);
}

static void what_is_refused(void **state)
{
	static const struct { const char *hex; int err; } rows[] = {
		{ "", -EINVAL },
		{ "0101000c" HEAD, -EINVAL },
		{ "01010000" "2112a443b7e7a701bc34d686fa87dfae", -EINVAL },
		{ "0101000c" "2112a442b7e7a701bc34d686fa87dfaf" XOR4, -EBADMSG },
		{ "01110000" HEAD, -ECONNREFUSED },
		{ "00010000" HEAD, -EINVAL },
		{ "41010000" HEAD, -EINVAL },
		{ "01010000" HEAD, -ENODATA },
		{ "01010004" HEAD "00200008", -EINVAL },
		{ "0101000c" HEAD "002000070001a147e112a643", -EINVAL },
		{ "0101000c" HEAD "002000080003a147e112a643", -EINVAL },
		{ "0101000c" HEAD "002000080002a147e112a643", -EINVAL },
		{ "0101000c" HEAD "0020ffff0001a147e112a643", -EINVAL },
		{ "0101000e" HEAD XOR4 "0000", -EINVAL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (response(rows[i].hex) != rows[i].err)
			fail_msg("%s gives %d", rows[i].hex, response(rows[i].hex));
}

static void the_request(void **state)
{
	uint8_t request[STUN_REQUEST];

	stun_request(request, id);
	octets("00010000" HEAD);
	assert_memory_equal(request, data, STUN_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples),
		cmocka_unit_test(the_plain_address),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(the_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
