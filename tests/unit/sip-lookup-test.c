/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Names of SIP servers, asked of a DNS server made of a few lines. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <assert.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/access.h"
#include "sip/agent.h"
#include "sip/lookup.h"

enum { TYPE_A = 1, TYPE_AAAA = 28, TYPE_SRV = 33 };

/* What is in the zone; an SRV's text is "priority weight port target". */
static const struct { const char *name; int type; const char *text; } zone[] = {
	{ "sip.test", TYPE_A, "192.0.2.10" },
	{ "two.test", TYPE_A, "192.0.2.21" },
	{ "two.test", TYPE_A, "192.0.2.22" },
	{ "six.test", TYPE_AAAA, "2001:db8::6" },
	{ "_sip._udp.srv.test", TYPE_SRV, "20 0 5080 backup.test" },
	{ "_sip._udp.srv.test", TYPE_SRV, "10 0 5070 main.test" },
	{ "_sip._tcp.srv.test", TYPE_SRV, "10 0 5075 main.test" },
	{ "_sip._udp.drawn.test", TYPE_SRV, "20 65535 5080 backup.test" },
	{ "_sip._udp.drawn.test", TYPE_SRV, "10 10 5071 light.test" },
	{ "_sip._udp.drawn.test", TYPE_SRV, "10 90 5070 main.test" },
	{ "_sip._udp.many.test", TYPE_SRV, "50 0 5075 backup.test" },
	{ "_sip._udp.many.test", TYPE_SRV, "40 0 5074 backup.test" },
	{ "_sip._udp.many.test", TYPE_SRV, "60 0 5076 backup.test" },
	{ "_sip._udp.many.test", TYPE_SRV, "30 0 5073 backup.test" },
	{ "_sip._udp.many.test", TYPE_SRV, "20 0 5072 main.test" },
	{ "_sip._udp.many.test", TYPE_SRV, "10 0 5071 light.test" },
	{ "light.test", TYPE_A, "192.0.2.30" },
	{ "main.test", TYPE_A, "192.0.2.31" },
	{ "backup.test", TYPE_A, "192.0.2.32" },
	{ "srv.test", TYPE_A, "192.0.2.33" },
};

static struct loop *loop;
static struct resolver *resolver;
static struct loop_watch *watch;
static int server = -1;
static bool silent, empty;
static unsigned changes, questions;
static char resolv_conf[64];

static size_t put_name(uint8_t *at, const char *name)
{
	size_t n = 0;

	while (*name) {
		size_t label = strcspn(name, ".");

		at[n++] = (uint8_t)label;
		memcpy(at + n, name, label);
		n += label;
		name += label + (name[label] == '.');
	}
	at[n++] = 0;
	return n;
}

static size_t put16(uint8_t *at, unsigned v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
	return 2;
}

static size_t put_record(uint8_t *at, int type, const char *text)
{
	uint8_t data[300];
	unsigned priority, weight, port;
	char target[64];
	size_t n = 0, size = 0;

	if (type == TYPE_A)
		size = inet_pton(AF_INET, text, data) == 1 ? 4 : 0;
	if (type == TYPE_AAAA)
		size = inet_pton(AF_INET6, text, data) == 1 ? 16 : 0;
	if (type == TYPE_SRV) {
		assert(sscanf(text, "%u %u %u %63s", &priority, &weight, &port,
			      target) == 4);
		size = put16(data, priority);
		size += put16(data + size, weight);
		size += put16(data + size, port);
		size += put_name(data + size, target);
	}
	n += put16(at, 0xc00c);		/* the question's name */
	n += put16(at + n, (unsigned)type);
	n += put16(at + n, 1);
	n += put16(at + n, 0);
	n += put16(at + n, 300);	/* s to live */
	n += put16(at + n, (unsigned)size);
	memcpy(at + n, data, size);
	return n + size;
}

static void answer(void *arg, int fd, short revents)
{
	uint8_t m[1500];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t got = recvfrom(fd, m, sizeof(m), 0, (void *)&from, &size);
	char name[256];
	size_t n = 12, length = 0;
	unsigned count = 0;
	int type;

	(void)arg;
	(void)revents;
	if (got < 17)
		return;
	questions++;
	while (m[n] && length + m[n] + 2 < sizeof(name)) {
		memcpy(name + length, m + n + 1, m[n]);
		length += m[n];
		n += m[n] + 1u;
		name[length++] = '.';
	}
	name[length ? length - 1 : 0] = '\0';
	type = m[n + 1] << 8 | m[n + 2];
	n += 5;
	if (silent)
		return;
	for (size_t i = 0; i < sizeof(zone) / sizeof(zone[0]); i++)
		if (!empty && zone[i].type == type && !strcasecmp(zone[i].name, name)) {
			n += put_record(m + n, type, zone[i].text);
			count++;
		}
	m[2] = 0x84;
	m[3] = count ? 0x80 : 0x83;	/* no such name */
	put16(m + 6, count);
	put16(m + 8, 0);
	put16(m + 10, 0);
	assert(sendto(fd, m, n, 0, (void *)&from, size) == (ssize_t)n);
}

static int setup(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	FILE *f;
	int fd;

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	loop = loop_su_new();
	server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert(loop && !bind(server, (void *)&in, sizeof(in)));
	getsockname(server, (void *)&in, &size);
	watch = loop_watch(loop, server, POLLIN, answer, NULL);
	strcpy(resolv_conf, "/tmp/tipring-dns-XXXXXX");
	fd = mkstemp(resolv_conf);
	f = fdopen(fd, "w");
	fprintf(f, "nameserver 127.0.0.1\nport %u\n", ntohs(in.sin_port));
	fclose(f);
	resolver = resolver_new(loop, resolv_conf);
	assert(resolver);
	silent = empty = false;
	changes = questions = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	resolver_free(resolver);
	loop_unwatch(loop, watch);
	loop_free(loop);
	close(server);
	unlink(resolv_conf);
	return 0;
}

static void changed(void *arg)
{
	(void)arg;
	changes++;
	loop_stop(loop);
}

static void over(void *arg)
{
	loop_stop(arg);
}

static void run(unsigned ms)
{
	struct timer t = { 0 };

	timer_start(&loop->timers, &t, ms, over, loop);
	loop_run(loop);
	timer_stop(&t);
}

static struct lookup *find(const char *name, uint16_t port, enum sip_transport how)
{
	struct lookup *l = lookup_new(resolver, name, port, how, changed, NULL);

	assert_non_null(l);
	assert_int_equal(changes, 0);
	for (int i = 0; i < 40 && !changes; i++)
		run(50);
	return l;
}

static void expect(struct lookup *l, const char *want)
{
	const struct sockaddr_storage *at;
	unsigned count = lookup_addresses(l, &at);
	char all[512] = "", one[ADDRESS_TEXT];

	for (unsigned i = 0; i < count; i++) {
		address_text(one, (const struct sockaddr *)&at[i]);
		strcat(all, all[0] ? " " : "");
		strcat(all, one);
	}
	assert_string_equal(all, want);
	lookup_free(l);
}

/* A timer that is due when the loop starts may stop it. */
static void test_stopped_at_once(void **state)
{
	struct timer t = { 0 };

	timer_start(&loop->timers, &t, 0, over, loop);
	loop_run(loop);
	assert_false(timer_runs(&t));
}

static void test_number(void **state)
{
	expect(find("192.0.2.1", 0, TRANSPORT_UDP), "192.0.2.1:5060");
	assert_int_equal(questions, 0);
}

static void test_number_v6(void **state)
{
	expect(find("[2001:db8::1]", 5070, TRANSPORT_TCP), "[2001:db8::1]:5070");
}

static void test_address_record(void **state)
{
	expect(find("sip.test", 0, TRANSPORT_UDP), "192.0.2.10:5060");
}

static void test_two_addresses(void **state)
{
	struct lookup *l = find("two.test", 5090, TRANSPORT_UDP);
	const struct sockaddr_storage *at;

	assert_int_equal(lookup_addresses(l, &at), 2);
	lookup_free(l);
}

static void test_v6_record(void **state)
{
	expect(find("six.test", 5061, TRANSPORT_TCP), "[2001:db8::6]:5061");
}

static void test_services(void **state)
{
	expect(find("srv.test", 0, TRANSPORT_UDP), "192.0.2.31:5070 192.0.2.32:5080");
}

static void test_services_tcp(void **state)
{
	expect(find("srv.test", 0, TRANSPORT_TCP), "192.0.2.31:5075");
}

/* RFC 2782: who is first is drawn by weight, within one priority only. */
static void test_weights(void **state)
{
	unsigned first[2] = { 0, 0 };

	for (int i = 0; i < 200; i++) {
		const struct sockaddr_storage *at;
		struct lookup *l = find("drawn.test", 0, TRANSPORT_UDP);

		assert_int_equal(lookup_addresses(l, &at), 3);
		assert_int_equal(lookup_rank(l, 0), 0);
		assert_int_equal(lookup_rank(l, 1), 0);
		assert_int_equal(lookup_rank(l, 2), 1);
		assert_int_equal(address_port((const void *)&at[2]), 5080);
		first[address_port((const void *)&at[0]) == 5070]++;
		lookup_free(l);
		changes = 0;
	}
	/* 178 are to be expected; all, or less than half, once in many years. */
	assert_true(first[0] > 0 && first[1] > 100);
}

/* The best ones, wherever in the answer they stand. */
static void test_many(void **state)
{
	expect(find("many.test", 0, TRANSPORT_UDP), "192.0.2.30:5071 "
	       "192.0.2.31:5072 192.0.2.32:5073 192.0.2.32:5074");
}

/* RFC 3263 section 4.2: a port that is given leaves SRV out. */
static void test_port_given(void **state)
{
	expect(find("srv.test", 5060, TRANSPORT_UDP), "192.0.2.33:5060");
}

static void test_nobody(void **state)
{
	struct lookup *l = find("nobody.test", 0, TRANSPORT_UDP);

	assert_string_equal(lookup_error(l), "no address for nobody.test");
	expect(l, "");
}

/* A server that says nothing: nothing waits, nothing leaks. */
static void test_silent(void **state)
{
	struct lookup *l;
	uint64_t start = clock_ms();

	silent = true;
	l = lookup_new(resolver, "sip.test", 5060, TRANSPORT_UDP, changed, NULL);
	run(300);
	assert_true(clock_ms() - start < 1000);
	assert_int_equal(changes, 0);
	assert_true(questions >= 2);
	expect(l, "");
	silent = false;
	run(100);	/* answers for one that is gone */
}

/* Whoever waits for servers that are silent asks those of a new file, at once. */
static void test_other_servers(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t size = sizeof(in);
	int mute = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char old[] = "/tmp/tipring-dns-XXXXXX";
	FILE *f = fdopen(mkstemp(old), "w");
	struct lookup *l, *other;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(mute, (void *)&in, sizeof(in)), 0);
	getsockname(mute, (void *)&in, &size);
	fprintf(f, "nameserver 127.0.0.1\nnameserver 127.0.0.1\nport %u\n",
		ntohs(in.sin_port));
	fclose(f);
	resolver_free(resolver);
	resolver = resolver_new(loop, old);
	l = lookup_new(resolver, "sip.test", 5060, TRANSPORT_UDP, changed, NULL);
	other = lookup_new(resolver, "srv.test", 0, TRANSPORT_UDP, changed, NULL);
	run(300);
	assert_int_equal(changes, 0);
	assert_int_equal(rename(resolv_conf, old), 0);
	for (int i = 0; i < 400 && changes < 2; i++)
		run(50);
	expect(l, "192.0.2.10:5060");
	expect(other, "192.0.2.31:5070 192.0.2.32:5080");
	close(mute);
	unlink(old);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_stopped_at_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_number, setup, teardown),
		cmocka_unit_test_setup_teardown(test_number_v6, setup, teardown),
		cmocka_unit_test_setup_teardown(test_address_record, setup, teardown),
		cmocka_unit_test_setup_teardown(test_two_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_v6_record, setup, teardown),
		cmocka_unit_test_setup_teardown(test_services, setup, teardown),
		cmocka_unit_test_setup_teardown(test_services_tcp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_weights, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
		cmocka_unit_test_setup_teardown(test_port_given, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(test_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_servers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
