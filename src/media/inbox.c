/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE	/* recvmmsg, in6_pktinfo */
#include "media/inbox.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "media/rtp.h"

struct inbox {
	struct mmsghdr header[INBOX_SIZE];
	struct iovec vector[INBOX_SIZE];
	struct sockaddr_storage from[INBOX_SIZE];
	union {
		struct cmsghdr align;
		char data[128];	/* a time and an address */
	} control[INBOX_SIZE];
	/* SRTP looks at words */
	_Alignas(8) uint8_t data[INBOX_SIZE][RTP_PACKET_MAX];
};

struct inbox *inbox_new(void)
{
	struct inbox *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	for (int i = 0; i < INBOX_SIZE; i++) {
		b->vector[i].iov_base = b->data[i];
		b->vector[i].iov_len = sizeof(b->data[i]);
		b->header[i].msg_hdr.msg_iov = &b->vector[i];
		b->header[i].msg_hdr.msg_iovlen = 1;
		b->header[i].msg_hdr.msg_name = &b->from[i];
		b->header[i].msg_hdr.msg_control = b->control[i].data;
	}
	return b;
}

void inbox_free(struct inbox *b)
{
	free(b);
}

static void prepare(struct inbox *b, int i)
{
	b->header[i].msg_hdr.msg_namelen = sizeof(b->from[i]);
	b->header[i].msg_hdr.msg_controllen = sizeof(b->control[i].data);
}

bool inbox_receive_one(struct inbox *b, int fd)
{
	ssize_t n;

	prepare(b, 0);
	n = recvmsg(fd, &b->header[0].msg_hdr, MSG_DONTWAIT);
	/* A connected socket is told first that nobody wanted its own. */
	if (n < 0 && errno == ECONNREFUSED)
		n = recvmsg(fd, &b->header[0].msg_hdr, MSG_DONTWAIT);
	if (n < 0)
		return false;
	b->header[0].msg_len = (unsigned)n;
	return true;
}

int inbox_receive(struct inbox *b, int fd)
{
	int n;

	for (int i = 0; i < INBOX_SIZE; i++)
		prepare(b, i);
	n = recvmmsg(fd, b->header, INBOX_SIZE, MSG_DONTWAIT, NULL);
	return n < 0 ? 0 : n;
}

uint8_t *inbox_datagram(struct inbox *b, int i, size_t *size, int64_t *real_us)
{
	struct msghdr *h = &b->header[i].msg_hdr;
	struct timespec ts;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			*real_us = (int64_t)ts.tv_sec * 1000000 +
				   ts.tv_nsec / 1000;
		}
	*size = h->msg_flags & MSG_TRUNC ? 0 : b->header[i].msg_len;
	return b->data[i];
}

static bool host(struct cmsghdr *c, struct sockaddr_storage *to)
{
	const void *data = CMSG_DATA(c);

	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
		to->ss_family = AF_INET;
		((struct sockaddr_in *)to)->sin_addr =
			((const struct in_pktinfo *)data)->ipi_addr;
		return true;
	}
	if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		to->ss_family = AF_INET6;
		((struct sockaddr_in6 *)to)->sin6_addr =
			((const struct in6_pktinfo *)data)->ipi6_addr;
		return true;
	}
	return false;
}

bool inbox_to(struct inbox *b, int i, struct sockaddr_storage *to)
{
	struct msghdr *h = &b->header[i].msg_hdr;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c))
		if (host(c, to))
			return true;
	return false;
}

const struct sockaddr_storage *inbox_from(const struct inbox *b, int i)
{
	return &b->from[i];
}
