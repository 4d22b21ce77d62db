/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * span.c - the D channel of a simulated span, both ends: a socket on which,
 * after a hello each, every message is a frame. There is nothing to lose on the
 * way but what a reader that is late does not take.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "drivers/sim/sim.h"
#include "drivers/sim/wire.h"

#define RETRY_US 250000
#define HELLO_US 1000000	/* a far end that says nothing is none */
#define NAME_MOST (PORT_NAME_SIZE - 1 - 4 - 4)	/* of "sim/NAME.b31" */
#define E1_D 16
#define T1_SLOTS 24

struct dchannel {
	bool far, t1, connected;
	char name[PORT_NAME_SIZE];
	char path[WIRE_PATH];
	int event_fd;		/* epoll: the timer and the sockets */
	int timer_fd, socket_fd;
	int listen_fd, candidate;	/* far */
	enum port_alarm alarm, told;
	uint64_t due;		/* us, near: try (again), or no hello has come */
};

enum { TAG_TIMER, TAG_SOCKET, TAG_LISTEN, TAG_CANDIDATE };

static int watch(struct dchannel *d, int op, int fd, uint32_t tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = tag };

	return epoll_ctl(d->event_fd, op, fd, &ev) < 0 ? -errno : 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* An alarm that is not told yet is due now. */
static void arm(struct dchannel *d)
{
	uint64_t at = d->alarm != d->told ? 1 : d->due;
	struct itimerspec it = { .it_value.tv_sec = (time_t)(at / 1000000),
				 .it_value.tv_nsec = (long)(at % 1000000) * 1000 };

	timerfd_settime(d->timer_fd, TFD_TIMER_ABSTIME, &it, NULL);
}

static struct wire_message message(enum wire_type type, uint32_t kind)
{
	return (struct wire_message){
		.magic = WIRE_MAGIC, .version = WIRE_VERSION,
		.type = (uint16_t)type, .kind = kind, .stamp = wire_now(),
	};
}

static int say(int fd, enum wire_type type, uint32_t kind)
{
	struct wire_message m = message(type, kind);

	return wire_send(fd, &m, NULL, 0);
}

static void connected(struct dchannel *d)
{
	d->connected = true;
	d->alarm = ALARM_NONE;
	d->due = 0;
}

static void disconnect(struct dchannel *d, enum port_alarm alarm)
{
	close_fd(&d->socket_fd);
	d->connected = false;
	d->alarm = alarm;
	d->due = d->far ? 0 : wire_now() + RETRY_US;
}

/* A message of ours as wire_receive() gives it, without descriptors. */
static int hear(int fd, struct wire_message *m)
{
	int fds[WIRE_FDS], got = wire_receive(fd, m, fds);

	if (got > 0)
		wire_close_fds(fds);
	return got;
}

/* ------------------------------------------------------------------- near end */

static void try(struct dchannel *d)
{
	if (d->connected)
		return;
	disconnect(d, d->alarm);
	d->socket_fd = wire_connect(d->path);
	if (d->socket_fd < 0)
		return;
	if (watch(d, EPOLL_CTL_ADD, d->socket_fd, TAG_SOCKET) ||
	    say(d->socket_fd, WIRE_HELLO, d->t1))
		disconnect(d, ALARM_NO_FAR_END);
	else
		d->due = wire_now() + HELLO_US;
}

static void answered(struct dchannel *d)
{
	struct wire_message m;
	int got = hear(d->socket_fd, &m);

	if (got > 0 && m.type == WIRE_HELLO)
		connected(d);
	else if (got)
		disconnect(d, got > 0 && m.type == WIRE_REFUSED ? ALARM_RED :
			   ALARM_NO_FAR_END);
}

/* -------------------------------------------------------------------- far end */

static void incoming(struct dchannel *d)
{
	int fd = accept4(d->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0)
		return;
	/* Who never speaks makes room for who comes after. */
	close_fd(&d->candidate);
	d->candidate = fd;
	if (watch(d, EPOLL_CTL_ADD, fd, TAG_CANDIDATE))
		close_fd(&d->candidate);
}

/* Says hello, asks what this is, or is none of ours. Both ends must have the
 * same time slots: a span of the other kind is out of frame. */
static void candidate(struct dchannel *d)
{
	struct wire_message m;
	int got = hear(d->candidate, &m);

	if (!got)
		return;
	if (got > 0 && m.type == WIRE_PROBE)
		say(d->candidate, WIRE_INFO, 0);
	else if (got > 0 && m.type == WIRE_HELLO &&
		 (d->connected || m.kind != d->t1))
		say(d->candidate, WIRE_REFUSED, 0);
	else if (got > 0 && m.type == WIRE_HELLO &&
		 !say(d->candidate, WIRE_HELLO, d->t1) &&
		 !watch(d, EPOLL_CTL_MOD, d->candidate, TAG_SOCKET)) {
		d->socket_fd = d->candidate;
		d->candidate = -1;
		connected(d);
	}
	close_fd(&d->candidate);
}

/* ----------------------------------------------------------------- both ends */

static void close_end(struct dchannel *d)
{
	if (!d)
		return;
	if (d->listen_fd >= 0)
		unlink(d->path);
	close_fd(&d->socket_fd);
	close_fd(&d->candidate);
	close_fd(&d->listen_fd);
	close_fd(&d->timer_fd);
	close_fd(&d->event_fd);
	free(d);
}

static struct dchannel *new_end(const struct dchannel_conf *c, bool far)
{
	struct dchannel *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->socket_fd = d->listen_fd = d->candidate = -1;
	d->far = far;
	d->t1 = c->t1;
	d->alarm = ALARM_NO_FAR_END;
	memcpy(d->name, c->address, sizeof(d->name));
	d->event_fd = epoll_create1(EPOLL_CLOEXEC);
	d->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (d->event_fd >= 0 && d->timer_fd >= 0 &&
	    !watch(d, EPOLL_CTL_ADD, d->timer_fd, TAG_TIMER))
		return d;
	close_end(d);
	return NULL;
}

static int listen_far(struct dchannel *d, const char *directory,
		      const char *address, char *why, size_t size)
{
	d->listen_fd = sim_bind(d->path, directory, address, why, (unsigned)size);
	return d->listen_fd < 0 ? d->listen_fd :
	       watch(d, EPOLL_CTL_ADD, d->listen_fd, TAG_LISTEN);
}

static int open_end(struct dchannel **out, const struct dchannel_conf *c, bool far,
		    char *why, size_t size)
{
	char address[PORT_NAME_SIZE];
	struct dchannel *d;
	int err;

	if (strlen(c->address) > NAME_MOST || strchr(c->address, '/')) {
		snprintf(why, size, "sim/span/%s: not a span's name; use at most %d "
			 "letters, digits, '_', '-'", c->address, NAME_MOST);
		return -EINVAL;
	}
	snprintf(address, sizeof(address), "%.*s.d", NAME_MOST, c->address);
	snprintf(why, size, "sim/span/%s: no memory or descriptors", c->address);
	d = new_end(c, far);
	if (!d)
		return -ENOMEM;
	if (far) {
		err = listen_far(d, c->directory, address, why, size);
	} else {
		err = wire_path(d->path, sizeof(d->path), c->directory, address);
		snprintf(why, size, err == -EINVAL ?
			 "sim/span/%s: not a span's name; use letters, digits, '_', '-'" :
			 "sim/span/%s: the directory's path is too long for a socket; "
			 "use a shorter one", c->address);
	}
	if (err) {
		close_end(d);
		return err;
	}
	if (!far)
		try(d);
	arm(d);
	*out = d;
	return 0;
}

static int near_open(struct dchannel **d, const struct dchannel_conf *c,
		     char *why, size_t size)
{
	return open_end(d, c, false, why, size);
}

static int far_open(struct dchannel **d, const struct dchannel_conf *c,
		    char *why, size_t size)
{
	return open_end(d, c, true, why, size);
}

static void shape(const struct dchannel *d, struct dchannel_shape *s)
{
	unsigned slots = d->t1 ? T1_SLOTS : DCHANNEL_SLOTS;

	s->t1 = d->t1;
	s->d_slot = d->t1 ? T1_SLOTS : E1_D;
	s->b_slots = (uint32_t)((1ull << (slots + 1)) - 2) & ~(1u << s->d_slot);
	s->format = d->t1 ? AUDIO_MULAW : AUDIO_ALAW;
}

static int port(const struct dchannel *d, unsigned slot, char name[PORT_NAME_SIZE])
{
	struct dchannel_shape s;

	shape(d, &s);
	if (slot > DCHANNEL_SLOTS || !(s.b_slots >> slot & 1))
		return -EINVAL;
	snprintf(name, PORT_NAME_SIZE, "sim/%.*s.b%u", NAME_MOST, d->name,
		 slot & DCHANNEL_SLOTS);
	return 0;
}

static int event_fd(const struct dchannel *d)
{
	return d->event_fd;
}

static void service(struct dchannel *d)
{
	struct epoll_event ev[4];
	int n = epoll_wait(d->event_fd, ev, 4, 0);

	for (int i = 0; i < n; i++) {
		if (ev[i].data.u32 == TAG_LISTEN)
			incoming(d);
		else if (ev[i].data.u32 == TAG_CANDIDATE && d->candidate >= 0)
			candidate(d);
		else if (ev[i].data.u32 == TAG_SOCKET && !d->connected &&
			 d->socket_fd >= 0)
			answered(d);
	}
	if (!d->far && !d->connected && d->due <= wire_now())
		try(d);
}

static int next_event(struct dchannel *d, enum port_alarm *alarm)
{
	int got = 0;

	service(d);
	if (d->alarm != d->told) {
		*alarm = d->told = d->alarm;
		got = 1;
	}
	arm(d);
	return got;
}

static ssize_t read_frame(struct dchannel *d, void *frame, size_t size)
{
	ssize_t n;

	if (!d->connected)
		return -EAGAIN;
	do
		n = recv(d->socket_fd, frame, size, MSG_DONTWAIT | MSG_TRUNC);
	while (n > (ssize_t)size || (n < 0 && errno == EINTR));
	if (n > 0 || (n < 0 && errno == EAGAIN))
		return n > 0 ? n : -EAGAIN;
	disconnect(d, ALARM_NO_FAR_END);
	arm(d);
	return -EAGAIN;
}

static ssize_t write_frame(struct dchannel *d, const void *frame, size_t octets)
{
	if (!d->connected || !octets)
		return (ssize_t)octets;
	if (send(d->socket_fd, frame, octets, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
	    errno == EAGAIN)
		return -EAGAIN;
	/* That the peer is gone is read. */
	return (ssize_t)octets;
}

const struct dchannel_ops sim_dchannel = {
	.open = near_open, .close = close_end, .shape = shape, .port = port,
	.fd = event_fd, .next_event = next_event,
	.read = read_frame, .write = write_frame,
};

const struct dchannel_ops sim_far_dchannel = {
	.open = far_open, .close = close_end, .shape = shape, .port = port,
	.fd = event_fd, .next_event = next_event,
	.read = read_frame, .write = write_frame,
};
