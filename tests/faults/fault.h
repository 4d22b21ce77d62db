/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fault.h - what the programs beside it share. Each shows one fault of the SIP
 * library as it is, without a guard of ours; ./configure runs them to learn which
 * guards are needed, and a test to see that they still tell the truth.
 */
#ifndef FAULT_H
#define FAULT_H

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tag.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport_tag.h>

/* What a program ends with. */
enum { CURED = 0, FAULT = 1, UNKNOWN = 2 };

#define STEP_MS 20

static su_root_t *root;
static nta_agent_t *agent;
static int answered;

/* A socket of 127.0.0.1 on a port of its own; -1. */
static inline int local_socket(int type, struct sockaddr_in *at)
{
	socklen_t size = sizeof(*at);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	memset(at, 0, size);
	at->sin_family = AF_INET;
	at->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && (bind(fd, (void *)at, size) < 0 ||
			getsockname(fd, (void *)at, &size) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int answer(nta_agent_magic_t *magic, nta_agent_t *nta, msg_t *msg,
		  sip_t *sip)
{
	(void)magic;
	(void)sip;
	answered = 1;
	nta_msg_treply(nta, msg, 200, "OK", TAG_END());
	return 0;
}

/* The library listens at a free port, which *at says; 0: it cannot. transport:
 * "udp", "tcp" or "tls". */
static inline int listen_at(const char *transport, struct sockaddr_in *at)
{
	int fd = local_socket(strcmp(transport, "udp") ? SOCK_STREAM : SOCK_DGRAM, at);
	char url[80];

	if (fd < 0)
		return 0;
	close(fd);
	if (!strcmp(transport, "tls"))
		snprintf(url, sizeof(url), "sips:127.0.0.1:%u", ntohs(at->sin_port));
	else
		snprintf(url, sizeof(url), "sip:127.0.0.1:%u;transport=%s",
			 ntohs(at->sin_port), transport);
	su_init();
	root = su_root_create(NULL);
	agent = root ? nta_agent_create(root, (url_string_t *)url, answer, NULL,
					TPTAG_IDLE(100), TPTAG_TIMEOUT(100),
					TAG_END()) : NULL;
	return agent != NULL;
}

static inline int verdict(const char *what, int fault)
{
	fprintf(stderr, "%s: %s\n", what, fault == FAULT ? "fault" :
		fault == CURED ? "cured" : "could not be tried");
	return fault;
}

#endif
