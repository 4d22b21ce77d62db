/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/connections.h"

#include "config.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/timer.h"
#include "sip/access.h"
#include "sip/gate.h"
#include "sip/stream.h"

#define SWEEP_MS 1000
#define QUIET_MS 60000		/* after so long a refusal is news again */

/* The library closes them without a word: the inode tells whether a descriptor
 * still is what it was. */
struct connection {
	int fd;
	ino_t inode;
	uint64_t since;
	struct sockaddr_storage peer;
	bool known, served;
};

static struct {
	struct connections_conf conf;
	struct connection *open;
	unsigned count, room;
	struct timer sweep;
	int reserve;		/* a descriptor for the moment when there is none */
	uint64_t refused_ms;	/* when the last one was; 0: never */
	struct connections_stats stats;
} all = { .reserve = -1 };

static bool lives(const struct connection *c)
{
	struct stat st;

	return !fstat(c->fd, &st) && st.st_ino == c->inode;
}

static bool out_of_time(const struct connection *c, uint64_t now)
{
#ifdef SOFIA_CLOSES_IDLE
	return false;		/* it was told of idle_ms */
#else
	return !c->served && now - c->since >= all.conf.idle_ms;
#endif
}

static void sweep(void *arg)
{
	uint64_t now = all.conf.timers->now_ms;
	unsigned kept = 0;

	for (unsigned i = 0; i < all.count; i++) {
		struct connection *c = &all.open[i];

		if (!lives(c))
			continue;
		if (out_of_time(c, now)) {
			/* The library sees the end of the stream, and closes. */
			shutdown(c->fd, SHUT_RDWR);
			all.stats.idle++;
			continue;
		}
		all.open[kept++] = *c;
	}
	all.count = kept;
	if (all.count)
		timer_start(all.conf.timers, &all.sweep, SWEEP_MS, sweep, NULL);
}

static bool has_room(bool known, const struct sockaddr *from)
{
	unsigned of_kind = 0, of_source = 0;

	for (unsigned i = 0; i < all.count; i++) {
		const struct connection *c = &all.open[i];

		of_kind += c->known == known;
		of_source += access_same_host((const void *)&c->peer, from);
	}
	return of_kind < all.conf.most && of_source < all.conf.most_source;
}

/* No state is left behind, not even the kernel's. */
static void reset(int fd)
{
	const struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

/* Many come at once: one line. */
static void refuse(int fd, const struct sockaddr *from, const char *why)
{
	uint64_t now = all.conf.timers->now_ms;
	char text[ADDRESS_TEXT] = "?";

	if (from)
		address_host(text, from, false);
	if (!all.refused_ms || now + 1 - all.refused_ms > QUIET_MS)
		log_warning("sip: connections are refused, the first from %s: %s",
			    text, why);
	all.refused_ms = now + 1;
	all.stats.refused++;
	reset(fd);
}

static bool note(int fd, const struct sockaddr *from, bool known)
{
	struct connection c = { .fd = fd, .known = known };
	struct stat st;

	if (all.count == all.room) {
		unsigned room = all.room ? 2 * all.room : 32;
		struct connection *more = realloc(all.open, room * sizeof(*more));

		if (!more)
			return false;
		all.open = more;
		all.room = room;
	}
	if (fstat(fd, &st))
		return false;
	c.inode = st.st_ino;
	c.since = all.conf.timers->now_ms;
	memcpy(&c.peer, from, address_size(from));
	all.open[all.count++] = c;
	all.stats.accepted++;
	if (!timer_runs(&all.sweep))
		timer_start(all.conf.timers, &all.sweep, SWEEP_MS, sweep, NULL);
	return true;
}

static bool admit(int fd, const struct sockaddr *from)
{
	bool known = all.conf.known && all.conf.known(all.conf.arg, from);
	int on = 1;

	if (!gate_admits(from)) {
		reset(fd);
		return false;
	}
	if (!has_room(known, from))
		sweep(NULL);
	if (!has_room(known, from)) {
		refuse(fd, from, "too many are open; see sip.max_connections and "
		       "sip.max_connections_source");
		return false;
	}
	if (!stream_admits(from)) {
		refuse(fd, from, "too many in a short time; see sip.max_requests");
		return false;
	}
	if (!note(fd, from, known)) {
		refuse(fd, from, "out of memory");
		return false;
	}
	/* A peer that has gone without a word does not keep its place. */
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	return true;
}

static int reserve(void)
{
	if (all.reserve < 0)
		all.reserve = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return all.reserve;
}

static int take(int listener, __SOCKADDR_ARG address, socklen_t *size)
{
	static __typeof__(&accept) next;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "accept");
	return next(listener, address, size);
}

#ifdef SOFIA_PAUSES_ACCEPT
/* True: the library is to hear of it, and rests. */
static bool make_room(int listener, __SOCKADDR_ARG address, socklen_t *size)
{
	return errno == EMFILE || errno == ENFILE;
}
#else
/* It stays readable: whoever waits must go, or we would be woken again and
 * again. */
static bool make_room(int listener, __SOCKADDR_ARG address, socklen_t *size)
{
	int fd;

	if (errno != EMFILE && errno != ENFILE)
		return false;
	close(all.reserve);
	all.reserve = -1;
	fd = take(listener, address, size);
	if (fd >= 0)
		refuse(fd, address.__sockaddr__, "no file descriptors are left; see "
		       "LimitNOFILE and sip.max_connections");
	reserve();
	return false;
}
#endif

/* The SIP library's only way to a new connection. */
int accept(int listener, __SOCKADDR_ARG address, socklen_t *restrict size)
{
	struct sockaddr *from = address.__sockaddr__;
	int fd;

	/* The library was woken, not a watch of ours: the clock may stand where
	 * the last event of ours left it, and new connections be old at once. */
	if (all.conf.timers)
		timers_clock(all.conf.timers, clock_ms());
	if (!all.conf.timers)
		return take(listener, address, size);
	fd = take(listener, address, size);
	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (fd >= 0 && admit(fd, from))
		return fd;
	if (fd < 0 && make_room(listener, address, size))
		return -1;
	errno = EAGAIN;
	return -1;
}

void connections_served(const struct sockaddr *peer)
{
	for (unsigned i = 0; i < all.count; i++) {
		struct connection *c = &all.open[i];
		const struct sockaddr *at = (const void *)&c->peer;

		if (!c->served && address_port(at) == address_port(peer) &&
		    access_same_host(at, peer))
			c->served = true;
	}
}

void connections_start(const struct connections_conf *conf)
{
	all.conf = *conf;
	reserve();
}

void connections_stop(void)
{
	timer_stop(&all.sweep);
	free(all.open);
	if (all.reserve >= 0)
		close(all.reserve);
	memset(&all, 0, sizeof(all));
	all.reserve = -1;
}

void connections_get_stats(struct connections_stats *s)
{
	*s = all.stats;
	s->open = all.count;
}
