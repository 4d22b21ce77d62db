/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Making and unmaking an RTP end, on the signalling thread. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "media/room.h"
#include "media/rtp_end.h"

#define RTCP_RECEIVE_BUFFER 16384

static void set_port(struct sockaddr_storage *a, unsigned port)
{
	if (a->ss_family == AF_INET6)
		((struct sockaddr_in6 *)a)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)a)->sin_port = htons((uint16_t)port);
}

/* A bound socket, -errno. */
static int open_socket(const struct media_rtp_conf *c, unsigned port)
{
	struct sockaddr_storage a = c->local;
	bool six = a.ss_family == AF_INET6;
	int on = 1, tos = c->dscp << 2, fd, err;

	fd = socket(a.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	set_port(&a, port);
	if (bind(fd, (struct sockaddr *)&a,
		 six ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in))) {
		err = -errno;
		close(fd);
		return err;
	}
	/* Both are wishes; voice goes without them too. */
	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	setsockopt(fd, six ? IPPROTO_IPV6 : IPPROTO_IP,
		   six ? IPV6_TCLASS : IP_TOS, &tos, sizeof(tos));
	return fd;
}

/* A port that was just in use goes to the end of the row, so that a late packet
 * of the call before does not meet the next call. */
static int open_pair(struct room *room, struct rtp_end *r,
		     const struct media_rtp_conf *c)
{
	unsigned low = (c->port_min + 1u) & ~1u;
	unsigned pairs = c->port_max > low ? (c->port_max - low + 1) / 2 : 0;

	for (unsigned i = 0; i < pairs; i++) {
		unsigned port = low + room->next_port++ % pairs * 2;

		r->fd = open_socket(c, port);
		if (r->fd < 0 && r->fd != -EADDRINUSE)
			return r->fd;
		if (r->fd < 0)
			continue;
		r->rtcp_fd = open_socket(c, port + 1);
		if (r->rtcp_fd >= 0) {
			r->port = (uint16_t)port;
			return 0;
		}
		close(r->fd);
		r->fd = -1;
		if (r->rtcp_fd != -EADDRINUSE)
			return r->rtcp_fd;
	}
	return -EADDRINUSE;
}

void rtp_end_dispose(struct end *e)
{
	struct rtp_end *r = rtp_end(e);

	if (r->fd >= 0)
		close(r->fd);
	if (r->rtcp_fd >= 0)
		close(r->rtcp_fd);
	rtp_seals_free(r);
	listen_fini(&e->listen);
	free(r);
}

struct end *rtp_end_new(struct media *m, const struct media_rtp_conf *c)
{
	struct rtp_end *r = calloc(1, sizeof(*r));
	uint32_t random[3];
	int size = RTCP_RECEIVE_BUFFER, err;

	if (!r)
		return NULL;
	r->fd = r->rtcp_fd = -1;
	r->end.class = &rtp_class;
	list_init(&r->paced_node);
	err = listen_init(&r->end.listen, NULL);
	if (!err)
		err = open_pair((struct room *)m, r, c);
	if (!err && getrandom(random, sizeof(random), 0) != sizeof(random))
		err = -EIO;
	if (err) {
		rtp_end_dispose(&r->end);
		errno = -err;
		return NULL;
	}
	setsockopt(r->rtcp_fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	r->ssrc = random[0];
	r->timestamp = random[1];
	r->seq = (uint16_t)(random[2] & 0x7fff);
	r->marker = true;
	snprintf(r->cname, sizeof(r->cname), "%s",
		 c->cname[0] ? c->cname : "tipring");
	jitter_init(&r->jitter, c->jitter_min_ms,
		    c->jitter_max_ms ? c->jitter_max_ms : 200);
	return &r->end;
}

uint16_t rtp_end_port(const struct end *e)
{
	return ((const struct rtp_end *)e)->port;
}
