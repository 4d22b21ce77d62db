/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>

#include "media/rtp_end.h"

#define FLAGS (MSG_DONTWAIT | MSG_NOSIGNAL)

/* Refused, it goes on as it was. */
void rtp_connect(struct rtp_end *r)
{
	const struct sockaddr_storage *to = &r->source.current;

	r->connected = !connect(r->fd, (const struct sockaddr *)to,
				source_size(to));
}

void rtp_disconnect(struct rtp_end *r)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };

	if (r->connected)
		connect(r->fd, &nobody, sizeof(nobody));
	r->connected = false;
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
