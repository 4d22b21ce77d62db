/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/access.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

/* False for a family that is neither. */
static bool as_v6(uint8_t out[16], const struct sockaddr *a)
{
	if (a->sa_family == AF_INET) {
		memcpy(out, mapped, sizeof(mapped));
		memcpy(out + 12, &((const struct sockaddr_in *)a)->sin_addr, 4);
		return true;
	}
	if (a->sa_family != AF_INET6)
		return false;
	memcpy(out, &((const struct sockaddr_in6 *)a)->sin6_addr, 16);
	return true;
}

int address_parse(struct sockaddr_storage *out, const char *text, uint16_t port)
{
	struct sockaddr_in *in = (void *)out;
	struct sockaddr_in6 *in6 = (void *)out;
	char host[64];
	size_t n = strlen(text);

	if (n >= sizeof(host))
		return -EINVAL;
	memcpy(host, text, n + 1);
	if (host[0] == '[' && host[n - 1] == ']') {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	}
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1)
		out->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, host, &in6->sin6_addr) == 1)
		out->ss_family = AF_INET6;
	else
		return -EINVAL;
	address_set_port(out, port);
	return 0;
}

int access_parse(struct access_network *net, const char *text)
{
	struct sockaddr_storage a;
	char host[64], *slash, *end;
	unsigned long bits;
	unsigned most;

	if (strlen(text) >= sizeof(host))
		return -EINVAL;
	strcpy(host, text);
	slash = strchr(host, '/');
	if (slash)
		*slash++ = '\0';
	if (address_parse(&a, host, 0))
		return -EINVAL;
	most = a.ss_family == AF_INET ? 32 : 128;
	bits = most;
	if (slash) {
		bits = strtoul(slash, &end, 10);
		if (end == slash || *end || bits > most)
			return -EINVAL;
	}
	as_v6(net->address, (struct sockaddr *)&a);
	net->bits = (uint8_t)(bits + (128 - most));
	return 0;
}

bool access_matches(const struct access_network *net, const struct sockaddr *a)
{
	uint8_t address[16];
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	if (!as_v6(address, a) || memcmp(address, net->address, whole))
		return false;
	return !rest || !((address[whole] ^ net->address[whole]) >> (8 - rest));
}

bool access_same_host(const struct sockaddr *a, const struct sockaddr *b)
{
	uint8_t x[16], y[16];

	return as_v6(x, a) && as_v6(y, b) && !memcmp(x, y, sizeof(x));
}

void address_host(char text[ADDRESS_TEXT], const struct sockaddr *a, bool brackets)
{
	char host[INET6_ADDRSTRLEN] = "";

	if (a->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr,
			  host, sizeof(host));
	else if (a->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)a)->sin6_addr,
			  host, sizeof(host));
	snprintf(text, ADDRESS_TEXT,
		 brackets && a->sa_family == AF_INET6 ? "[%s]" : "%s", host);
}

uint16_t address_port(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)a)->sin_port);
	if (a->sa_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)a)->sin6_port);
	return 0;
}

void address_set_port(struct sockaddr_storage *a, uint16_t port)
{
	if (a->ss_family == AF_INET)
		((struct sockaddr_in *)a)->sin_port = htons(port);
	else if (a->ss_family == AF_INET6)
		((struct sockaddr_in6 *)a)->sin6_port = htons(port);
}

socklen_t address_size(const struct sockaddr *a)
{
	return a->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
					  sizeof(struct sockaddr_in);
}

bool address_is_any(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return !((const struct sockaddr_in *)a)->sin_addr.s_addr;
	return IN6_IS_ADDR_UNSPECIFIED(
		&((const struct sockaddr_in6 *)a)->sin6_addr);
}

void address_text(char text[ADDRESS_TEXT], const struct sockaddr *a)
{
	size_t n;

	address_host(text, a, true);
	n = strlen(text);
	snprintf(text + n, ADDRESS_TEXT - n, ":%u", address_port(a));
}

int address_towards(struct sockaddr_storage *local, const struct sockaddr *peer)
{
	socklen_t size = sizeof(*local);
	int fd = socket(peer->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	memset(local, 0, sizeof(*local));
	if (connect(fd, peer, address_size(peer)) < 0 ||
	    getsockname(fd, (struct sockaddr *)local, &size) < 0)
		err = -errno;
	close(fd);
	address_set_port(local, 0);
	return err;
}
