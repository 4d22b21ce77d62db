/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The SIP library as it is, without the guards of src/sip/guards.c: its fault, so
 * that it is noticed when a later library has it no more. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/su_wait.h>

static unsigned names_resolved;

/* Stands before the C library's: whoever asks that for a name waits for it. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **res)
{
	__typeof__(&getaddrinfo) next;

	if (node && !strcmp(node, "slow.example.com")) {
		names_resolved++;
		return EAI_NONAME;
	}
	*(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
	return next(node, service, hints, res);
}

static int take(nta_agent_magic_t *magic, nta_agent_t *nta, msg_t *msg, sip_t *sip)
{
	(void)magic;
	(void)sip;
	nta_msg_treply(nta, msg, 200, "OK", TAG_END());
	return 0;
}

static void send_knock(uint16_t port)
{
	static const char text[] = "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKm;maddr=slow.example.com\r\n"
		"From: <sip:a@b>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: m\r\n"
		"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(sendto(fd, text, sizeof(text) - 1, 0, (void *)&to,
				sizeof(to)), sizeof(text) - 1);
	close(fd);
}

static uint16_t free_port(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (void *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(fd, (void *)&at, &size), 0);
	close(fd);
	return ntohs(at.sin_port);
}

/* The first of the faults: anybody makes the stack wait for a name. */
static void test_library_resolves_names(void **state)
{
	uint16_t port = free_port();
	char url[64];
	su_root_t *root;
	nta_agent_t *nta;

	su_init();
	root = su_root_create(NULL);
	snprintf(url, sizeof(url), "sip:127.0.0.1:%u;transport=udp", port);
	nta = nta_agent_create(root, (url_string_t *)url, take, NULL, TAG_END());
	assert_non_null(nta);
	send_knock(port);
	for (int i = 0; i < 100 && !names_resolved; i++)
		su_root_step(root, 50);
	assert_true(names_resolved > 0);
	nta_agent_destroy(nta);
	su_root_destroy(root);
	su_deinit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library_resolves_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
