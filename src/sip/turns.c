/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The SIP library waits in a loop of its own, so that its epoll_wait() is ours: what
 * lies between two calls of it is a turn of the signalling thread. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/turn.h"
#include "sip/loop_su.h"

#define LONG_US 100000		/* the log is told of those */
#define QUIET_MS 60000		/* not more often */

static struct turns turns;
static pthread_t thread;
static bool watched;
static uint64_t said_ms;
static long slept;		/* how often the thread had, when the turn began */

void turns_watch(bool on)
{
	thread = pthread_self();
	watched = on;
	turns.began_us = 0;
}

void turns_longest(uint64_t *us, uint64_t *own_us)
{
	*us = atomic_load_explicit(&turns.longest_us, memory_order_relaxed);
	*own_us = atomic_load_explicit(&turns.longest_own_us, memory_order_relaxed);
}

/* How often the thread has waited for something: a disk, a lock, a pipe. What took
 * long without that was the machine's other work. */
static long sleeps(void)
{
	struct rusage u;

	return getrusage(RUSAGE_THREAD, &u) ? 0 : u.ru_nvcsw;
}

static void over(void)
{
	int64_t own, took = turn_ends(&turns, &own);
	uint64_t now;

	if (took < LONG_US)
		return;
	now = clock_ms();
	if (said_ms && now - said_ms < QUIET_MS)
		return;
	said_ms = now;
	log_info("signalling looked at nothing for %lld ms, of which it worked %lld ms "
		 "and waited %ld times", (long long)took / 1000,
		 (long long)own / 1000, sleeps() - slept);
}

int epoll_wait(int set, struct epoll_event *events, int most, int ms)
{
	static __typeof__(&epoll_wait) next;
	bool ours = watched && pthread_equal(thread, pthread_self());
	int n, err;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "epoll_wait");
	if (!ours)
		return next(set, events, most, ms);
	over();
	n = next(set, events, most, ms);
	err = errno;
	turn_begins(&turns);
	slept = sleeps();
	errno = err;
	return n;
}
