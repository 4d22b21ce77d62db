/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "drivers/sim/clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

#define CLOCKS 64		/* processes of far ends at a time */
#define TICK_NS 10000000
#define DEBT_MAX 40		/* ticks caught up after a stall, the rest is lost */

struct sim_clock {
	uint64_t id;
	int fd;
	unsigned users;		/* 0: free */
};

/* Used when a line comes or goes, never on the voice path. */
static pthread_mutex_t clocks_lock = PTHREAD_MUTEX_INITIALIZER;
static struct sim_clock clocks[CLOCKS];

/* A descriptor from another process: a pipe or a file here could block us. */
static bool is_eventfd(int fd)
{
	char link[64], name[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, name, sizeof(name) - 1);
	if (n < 0)
		return false;
	name[n] = 0;
	return !strcmp(name, "anon_inode:[eventfd]");
}

struct sim_clock *sim_near_clock_get(uint64_t id, int fd)
{
	struct sim_clock *found = NULL, *empty = NULL;

	if (!is_eventfd(fd)) {
		close(fd);
		return NULL;
	}
	pthread_mutex_lock(&clocks_lock);
	for (struct sim_clock *c = clocks; c < clocks + CLOCKS; c++) {
		if (!c->users)
			empty = empty ? empty : c;
		else if (c->id == id)
			found = c;
	}
	if (!found && empty) {
		found = empty;
		found->id = id;
		found->fd = fd;
		fd = -1;
	}
	if (found)
		found->users++;
	pthread_mutex_unlock(&clocks_lock);
	if (fd >= 0)
		close(fd);
	return found;
}

void sim_near_clock_put(struct sim_clock *c)
{
	if (!c)
		return;
	pthread_mutex_lock(&clocks_lock);
	if (!--c->users)
		close(c->fd);
	pthread_mutex_unlock(&clocks_lock);
}

int sim_near_clock_fd(const struct sim_clock *c)
{
	return c->fd;
}

/* The peer shares the descriptor's flags and could make it block: so ask not
 * to wait with each read. */
void sim_near_turn_begin(int fd)
{
	uint64_t kicks;
	struct iovec iov = { &kicks, sizeof(kicks) };

	if (preadv2(fd, &iov, 1, -1, RWF_NOWAIT) < 0 && errno == EOPNOTSUPP)
		while (read(fd, &kicks, sizeof(kicks)) < 0 && errno == EINTR)
			;
}

/* The far side's: one thread uses it. */
static struct {
	unsigned users;
	int timer, event;
	uint64_t id, ticks, debt;
	bool written;
} far;

static int far_clock_open(void)
{
	const struct itimerspec tick = { .it_interval.tv_nsec = TICK_NS,
					 .it_value.tv_nsec = TICK_NS };

	far.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (far.timer < 0)
		return -errno;
	far.event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (far.event < 0) {
		close(far.timer);
		return -errno;
	}
	if (getrandom(&far.id, sizeof(far.id), 0) != sizeof(far.id))
		far.id = (uint64_t)getpid() << 32 | (uint32_t)far.event;
	far.ticks = far.debt = 0;
	timerfd_settime(far.timer, 0, &tick, NULL);
	return 0;
}

int sim_far_clock_get(void)
{
	int err = far.users ? 0 : far_clock_open();

	if (!err)
		far.users++;
	return err;
}

void sim_far_clock_put(void)
{
	if (--far.users)
		return;
	close(far.timer);
	close(far.event);
}

int sim_far_clock_timer(void)
{
	return far.timer;
}

int sim_far_clock_event(void)
{
	return far.event;
}

uint64_t sim_far_clock_id(void)
{
	return far.id;
}

uint64_t sim_far_clock_samples(void)
{
	return far.ticks * SIM_FRAME;
}

void sim_far_clock_written(void)
{
	far.written = true;
}

/* After a stall at most two frames a tick: the near side answers what we write
 * only afterwards, so a burst would find its ring empty. */
void sim_far_turn_begin(int fd)
{
	uint64_t expired;

	if (read(fd, &expired, sizeof(expired)) != sizeof(expired))
		return;
	far.debt += expired;
	if (far.debt > DEBT_MAX)
		far.debt = DEBT_MAX;
	expired = far.debt < 2 ? far.debt : 2;
	far.ticks += expired;
	far.debt -= expired;
}

void sim_far_turn_end(int fd)
{
	const uint64_t one = 1;

	if (!far.written)
		return;
	far.written = false;
	while (write(far.event, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}
