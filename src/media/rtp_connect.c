/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>

#include "media/rtp_end.h"

#define FLAGS (MSG_DONTWAIT | MSG_NOSIGNAL)

/* The one that the socket is not of is refused. */
static void ask_host(struct rtp_end *r, int on)
{
	setsockopt(r->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	setsockopt(r->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
}

static bool hears(const struct rtp_end *r)
{
	struct sockaddr_storage at = { 0 };
	socklen_t size = sizeof(at);

	return !getsockname(r->fd, (struct sockaddr *)&at, &size) &&
	       source_equal(&at, &r->called, true);
}

static void let_go(struct rtp_end *r)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	connect(r->fd, &nobody, sizeof(nobody));
	r->connected = false;
}

void rtp_connect(struct rtp_end *r)
{
	const struct sockaddr_storage *to = &r->source.current;

	if (r->connected || r->stays_open || !r->called.ss_family ||
	    !source_settled(&r->source, r->end.pump->now_us))
		return;
	r->connected = !connect(r->fd, (const struct sockaddr *)to,
				source_size(to));
	if (r->connected && !hears(r))
		let_go(r);
	r->stays_open = !r->connected;
	ask_host(r, false);
}

void rtp_disconnect(struct rtp_end *r)
{
	if (r->connected)
		let_go(r);
	r->stays_open = false;
	r->called.ss_family = AF_UNSPEC;
	ask_host(r, true);
}

/* A connected socket is told of an earlier packet that nobody wanted: that is no
 * reason to keep this one. Any other failure may be our own address that is gone. */
static ssize_t send_connected(struct rtp_end *r, const void *packet, size_t size)
{
	ssize_t n = send(r->fd, packet, size, FLAGS);

	if (n < 0 && errno == ECONNREFUSED)
		n = send(r->fd, packet, size, FLAGS);
	if (n < 0 && errno != ECONNREFUSED && errno != EAGAIN)
		rtp_disconnect(r);
	return n;
}

ssize_t rtp_socket_send(struct rtp_end *r, const void *packet, size_t size)
{
	const struct sockaddr_storage *to = &r->source.current;

	if (r->connected)
		return send_connected(r, packet, size);
	return sendto(r->fd, packet, size, FLAGS,
		      (const struct sockaddr *)to, source_size(to));
}
