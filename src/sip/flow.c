/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/flow.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/list.h"
#include "base/loop.h"
#include "sip/access.h"

#define PONG 2			/* octets */

/* A descriptor of our own, to the same connection, tells when the library has
 * closed it: it shuts it down first. */
struct flow {
	struct list_head node;	/* the latest first */
	enum sip_transport transport;
	struct sockaddr_storage peer;
	int fd;			/* the library's; the inode tells whether it still is */
	ino_t inode;
	SSL *ssl;		/* NULL: none, or closed */
	int own;		/* -1: none */
	struct loop_watch *watch;
	bool held;		/* half a message of the library's waits */
	unsigned pongs;		/* by TLS, not asked for yet */
};

static struct {
	struct flow_conf conf;
	struct list_head list;
} flows = { .list = LIST_INIT(flows.list) };

static void forget(struct flow *f)
{
	loop_unwatch(flows.conf.loop, f->watch);
	if (f->own >= 0)
		close(f->own);
	list_remove(&f->node);
	free(f);
}

static ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

static bool same(const struct flow *f, enum sip_transport transport,
		 const struct sockaddr *to)
{
	const struct sockaddr *at = (const void *)&f->peer;

	return f->transport == transport && access_same_host(at, to) &&
	       address_port(at) == address_port(to);
}

static void woken(void *arg, int fd, short revents)
{
	struct flow *f = arg;
	struct sockaddr_storage peer = f->peer;
	enum sip_transport transport = f->transport;

	if (!(revents & (POLLHUP | POLLERR)))
		return;
	forget(f);
	flows.conf.gone(flows.conf.arg, transport, (struct sockaddr *)&peer);
}

static struct flow *of_descriptor(int fd, const struct sockaddr *to)
{
	struct list_head *n, *next;

	list_for_each_safe(n, next, &flows.list) {
		struct flow *f = list_entry(n, struct flow, node);

		if (f->fd != fd || (to && f->transport == TRANSPORT_UDP &&
				    !same(f, TRANSPORT_UDP, to)))
			continue;
		if (f->inode == inode_of(fd))
			return f;
		if (f->own < 0)
			forget(f);	/* else its watch will tell */
	}
	return NULL;
}

static bool watch(struct flow *f)
{
	f->own = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	if (f->own < 0)
		return false;
	f->watch = loop_watch(flows.conf.loop, f->own, POLLHUP, woken, f);
	return f->watch;
}

static void add(int fd, SSL *ssl, enum sip_transport transport,
		const struct sockaddr *to)
{
	struct flow *f;

	if (!flows.conf.wanted(flows.conf.arg, transport, to))
		return;
	f = calloc(1, sizeof(*f));
	if (!f)
		return;
	f->transport = transport;
	f->fd = fd;
	f->inode = inode_of(fd);
	f->ssl = ssl;
	f->own = -1;
	memcpy(&f->peer, to, address_size(to));
	list_add_before(flows.list.next, &f->node);
	if (transport != TRANSPORT_UDP && !watch(f))
		forget(f);
}

void flow_sent(int fd, struct ssl_st *ssl, const struct sockaddr *to, size_t size,
	       ssize_t sent)
{
	enum sip_transport transport = ssl ? TRANSPORT_TLS : to ? TRANSPORT_UDP :
						   TRANSPORT_TCP;
	struct sockaddr_storage peer;
	socklen_t length = sizeof(peer);
	int err = errno;
	struct flow *f;

	if (!flows.conf.loop)
		return;
	f = of_descriptor(fd, to);
	if (f)
		f->held = f->transport != TRANSPORT_UDP && sent != (ssize_t)size;
	else if (sent > 0 && to)
		add(fd, ssl, transport, to);
	else if (sent > 0 && !getpeername(fd, (struct sockaddr *)&peer, &length))
		add(fd, ssl, transport, (struct sockaddr *)&peer);
	errno = err;
}

static struct flow *of_ssl(const SSL *ssl)
{
	struct list_head *n;

	list_for_each(n, &flows.list) {
		struct flow *f = list_entry(n, struct flow, node);

		if (f->ssl == ssl)
			return f;
	}
	return NULL;
}

void flow_closed(const struct ssl_st *ssl)
{
	struct flow *f = of_ssl(ssl);

	if (f)
		f->ssl = NULL;
}

void flow_pong(const struct ssl_st *ssl)
{
	struct flow *f = of_ssl(ssl);

	if (f)
		f->pongs++;
}

struct flow *flow_find(enum sip_transport transport, const struct sockaddr *to)
{
	struct list_head *n;

	list_for_each(n, &flows.list) {
		struct flow *f = list_entry(n, struct flow, node);

		if (same(f, transport, to) && f->inode == inode_of(f->fd) &&
		    (f->ssl || transport != TRANSPORT_TLS))
			return f;
	}
	return NULL;
}

/* All of it or nothing: half of it would be in the next message's way. */
bool flow_send(struct flow *f, const void *data, size_t size)
{
	struct pollfd room = { .fd = f->fd, .events = POLLOUT };

	if (f->transport == TRANSPORT_UDP)
		return sendto(f->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT,
			      (struct sockaddr *)&f->peer,
			      address_size((struct sockaddr *)&f->peer)) > 0;
	if (f->held || poll(&room, 1, 0) != 1 || !(room.revents & POLLOUT))
		return false;
	if (f->transport == TRANSPORT_TCP)
		return send(f->fd, data, size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
	return f->ssl && SSL_is_init_finished(f->ssl) &&
	       SSL_write(f->ssl, data, (int)size) > 0;
}

uint64_t flow_heard(const struct flow *f)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	if (f->transport == TRANSPORT_UDP ||
	    getsockopt(f->fd, IPPROTO_TCP, TCP_INFO, &info, &size))
		return 0;
	return info.tcpi_bytes_received;
}

bool flow_ponged(struct flow *f, uint64_t before)
{
	unsigned pongs = f->pongs;

	if (f->transport != TRANSPORT_TLS)
		return flow_heard(f) == before + PONG;
	f->pongs = 0;
	return pongs;
}

void flow_end(struct flow *f)
{
	if (f->own >= 0)
		shutdown(f->own, SHUT_RDWR);
}

void flows_start(const struct flow_conf *conf)
{
	flows.conf = *conf;
}

void flows_stop(void)
{
	while (!list_empty(&flows.list))
		forget(list_entry(flows.list.next, struct flow, node));
	memset(&flows.conf, 0, sizeof(flows.conf));
}
