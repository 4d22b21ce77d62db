/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/stream.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/timer.h"
#include "sip/access.h"
#include "sip/flood.h"

#define LOOK_MS 20		/* so often it is looked whose rest is over */
#define OCTETS_EACH 512		/* a message is charged for each of these */

/* What the library wants of a descriptor, in which set. */
struct wish {
	int set;		/* 0: none */
	struct epoll_event event;
	bool rests;
	uint64_t until;
};

static struct {
	struct timers *timers;
	struct flood flood;
	struct wish *wish;	/* by descriptor */
	size_t room;
	unsigned resting;
	uint64_t rests;
	struct timer timer;
	pthread_t thread;
} all;

static int next_ctl(int set, int op, int fd, struct epoll_event *event)
{
	static __typeof__(&epoll_ctl) next;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "epoll_ctl");
	return next(set, op, fd, event);
}

static struct wish *wish_of(int fd)
{
	return fd >= 0 && (size_t)fd < all.room ? &all.wish[fd] : NULL;
}

static bool make_room(int fd)
{
	size_t room = all.room ? all.room : 64;
	struct wish *more;

	if (fd < 0 || (size_t)fd < all.room)
		return fd >= 0;
	while (room <= (size_t)fd)
		room *= 2;
	more = realloc(all.wish, room * sizeof(*more));
	if (!more)
		return false;
	memset(more + all.room, 0, (room - all.room) * sizeof(*more));
	all.wish = more;
	all.room = room;
	return true;
}

static void forget(struct wish *w)
{
	if (w && w->rests)
		all.resting--;
	if (w)
		memset(w, 0, sizeof(*w));
}

/* While a descriptor rests it is told of errors and of room to write, not of what
 * has come. */
static int apply(const struct wish *w, int op, int fd)
{
	struct epoll_event event = w->event;

	if (w->rests)
		event.events &= ~(uint32_t)(EPOLLIN | EPOLLRDHUP);
	return next_ctl(w->set, op, fd, &event);
}

int epoll_ctl(int set, int op, int fd, struct epoll_event *event)
{
	struct wish *w;

	if (!all.timers || !pthread_equal(all.thread, pthread_self()))
		return next_ctl(set, op, fd, event);
	if (op == EPOLL_CTL_DEL || !event || !make_room(fd)) {
		forget(wish_of(fd));
		return next_ctl(set, op, fd, event);
	}
	w = wish_of(fd);
	if (op == EPOLL_CTL_ADD)
		forget(w);
	w->set = set;
	w->event = *event;
	return apply(w, op, fd);
}

static void wake(void *arg)
{
	uint64_t now = clock_ms();

	for (size_t fd = 0; fd < all.room && all.resting; fd++) {
		struct wish *w = &all.wish[fd];

		if (!w->rests || w->until > now)
			continue;
		w->rests = false;
		all.resting--;
		apply(w, EPOLL_CTL_MOD, (int)fd);
	}
	if (all.resting)
		timer_start(all.timers, &all.timer, LOOK_MS, wake, NULL);
}

static void rest(int fd, uint64_t until)
{
	struct wish *w = wish_of(fd);

	if (!w || !w->set || w->rests)
		return;
	w->rests = true;
	w->until = until;
	all.resting++;
	all.rests++;
	apply(w, EPOLL_CTL_MOD, fd);
	if (!timer_runs(&all.timer))
		timer_start(all.timers, &all.timer, LOOK_MS, wake, NULL);
}

static bool belongs_to_call(const char *line, size_t size)
{
	static const char *const methods[] = { "ACK ", "BYE ", "CANCEL ", "PRACK ",
					       "UPDATE ", "INFO ", "SIP/2.0 " };

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		size_t n = strlen(methods[i]);

		if (size >= n && !strncasecmp(line, methods[i], n))
			return true;
	}
	return false;
}

/* A request's first line ends with " SIP/2.0"; what is not told apart costs for its
 * size. */
unsigned stream_cost(const char *data, size_t size)
{
	static const char version[] = " SIP/2.0";
	const size_t length = sizeof(version) - 1;
	const char *at = data, *end = data + size, *line;
	unsigned cost = 0, least = (unsigned)((size + OCTETS_EACH - 1) / OCTETS_EACH);

	while (at < end && (at = memmem(at, (size_t)(end - at), version, length))) {
		at += length;
		if (at < end && *at != '\r' && *at != '\n')
			continue;
		line = memrchr(data, '\n', (size_t)(at - data));
		line = line ? line + 1 : data;
		cost += belongs_to_call(line, (size_t)(at - line)) ? 1 : FLOOD_INSIDE;
	}
	return cost > least ? cost : least;
}

void stream_read(int fd, const char *data, size_t size)
{
	struct sockaddr_storage from;
	socklen_t length = sizeof(from);
	char host[ADDRESS_TEXT];
	uint64_t now, wait;
	bool tell;

	if (!all.timers || !all.flood.rate ||
	    getpeername(fd, (struct sockaddr *)&from, &length) ||
	    (from.ss_family != AF_INET && from.ss_family != AF_INET6))
		return;
	now = clock_ms();
	wait = flood_charge(&all.flood, (struct sockaddr *)&from,
			    stream_cost(data, size), now, &tell);
	if (wait)
		rest(fd, now + wait);
	if (!tell)
		return;
	address_host(host, (struct sockaddr *)&from, false);
	log_warning("sip: %s sends more than %u new requests a second by TCP or TLS: "
		    "what is above waits (sip.max_requests)", host, all.flood.rate);
}

bool stream_admits(const struct sockaddr *from)
{
	bool tell;

	return !all.flood.rate ||
	       !flood_charge(&all.flood, from, FLOOD_INSIDE, clock_ms(), &tell);
}

void stream_start(struct timers *timers, unsigned rate)
{
	all.timers = timers;
	all.thread = pthread_self();
	all.flood.rate = rate;
}

void stream_stop(void)
{
	timer_stop(&all.timer);
	free(all.wish);
	memset(&all, 0, sizeof(all));
}

uint64_t stream_rests(void)
{
	return all.rests;
}
