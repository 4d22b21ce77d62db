/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A host name in a Via's maddr makes the library wait for the C library's resolver:
 * anybody stops it for as long as a DNS server is silent. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>

#include "fault.h"

static int asked;

/* Stands before the C library's: who asks it for a name waits for it. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
		struct addrinfo **res)
{
	__typeof__(&getaddrinfo) next;

	if (node && !strcmp(node, "slow.invalid") &&
	    !(hints && hints->ai_flags & AI_NUMERICHOST))
		asked++;
	if (node && !strcmp(node, "slow.invalid"))
		return EAI_NONAME;
	*(void **)&next = dlsym(RTLD_NEXT, "getaddrinfo");
	return next(node, service, hints, res);
}

int main(void)
{
	static const char text[] = "OPTIONS sip:x@127.0.0.1 SIP/2.0\r\n"
		"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKm;maddr=slow.invalid\r\n"
		"From: <sip:a@b>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\nCall-ID: m\r\n"
		"CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
	struct sockaddr_in to, own;
	int fd = local_socket(SOCK_DGRAM, &own);

	if (fd < 0 || !listen_at("udp", &to) ||
	    sendto(fd, text, sizeof(text) - 1, 0, (void *)&to, sizeof(to)) < 0)
		return verdict("names", UNKNOWN);
	for (int i = 0; i < 50 && !asked && !answered; i++)
		su_root_step(root, STEP_MS);
	return verdict("names", asked ? FAULT : answered ? CURED : UNKNOWN);
}
