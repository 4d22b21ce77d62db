/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * near.c - the gateway's end of a simulated line. It tries to reach the far
 * end until there is one, and again when it is lost.
 */
#define _GNU_SOURCE
#include "drivers/sim/port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETRY_US 250000
#define HELLO_US 1000000	/* a far end that says nothing is none */
#define MESSAGES 32		/* taken at a time, so that no peer holds us up */

static void again(struct line_port *p, enum port_alarm alarm)
{
	sim_disconnect(p, alarm);
	sim_start(p, DUE_CONNECT, wire_now() + RETRY_US);
}

void sim_near_connect(struct line_port *p)
{
	struct wire_message hello;
	int fd;

	if (p->connected)
		return;
	if (p->socket_fd >= 0)
		sim_disconnect(p, ALARM_NO_FAR_END);
	fd = wire_connect(p->path);
	if (fd < 0) {
		again(p, ALARM_NO_FAR_END);
		return;
	}
	p->socket_fd = fd;
	hello = sim_message(p, WIRE_HELLO, wire_now());
	if (sim_watch(p, fd, SIM_TAG_SOCKET) || wire_send(fd, &hello, NULL, 0))
		again(p, ALARM_NO_FAR_END);
	else
		sim_start(p, DUE_CONNECT, wire_now() + HELLO_US);
}

/* Memory that its owner can make shorter would be a trap (SIGBUS). */
static struct sim_shared *map(int fd)
{
	struct sim_shared *s;
	struct stat st;
	int seals = fcntl(fd, F_GET_SEALS);

	if (seals < 0 || !(seals & F_SEAL_SHRINK) || fstat(fd, &st) < 0 ||
	    st.st_size < (off_t)sizeof(*s))
		return NULL;
	s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_POPULATE, fd, 0);
	return s == MAP_FAILED ? NULL : s;
}

static int hello(struct line_port *p, const struct wire_message *m, int fds[WIRE_FDS])
{
	struct sim_shared *shared;
	struct sim_clock *clock;

	if (p->connected || fds[0] < 0 || m->kind != sim_other(p->kind) ||
	    m->shared_size != sizeof(*shared))
		return -EPROTO;
	shared = map(fds[0]);
	if (!shared)
		return -EPROTO;
	clock = sim_near_clock_get(m->clock, fds[1]);
	fds[1] = -1;
	if (!clock) {
		munmap(shared, sizeof(*shared));
		return -EPROTO;
	}
	/* The old clock's descriptor lived until now: whoever waited on it has
	 * long been told of the alarm. */
	sim_near_clock_put(p->clock);
	p->clock = clock;
	sim_stop(p, DUE_CONNECT);
	sim_connected(p, shared, m->state);
	sim_listen(p);
	return 0;
}

/* 0, or the connection shall end: -EPROTO, -ECONNREFUSED. */
static int handle(struct line_port *p, const struct wire_message *m, int fds[WIRE_FDS])
{
	if (m->type == WIRE_HELLO)
		return hello(p, m, fds);
	if (m->type == WIRE_REFUSED && !p->connected)
		return -ECONNREFUSED;
	if (m->type != WIRE_STATE || !p->connected)
		return -EPROTO;
	sim_apply(p, m->state, m->stamp);
	return 0;
}

void sim_near_ready(struct line_port *p, unsigned tag)
{
	struct wire_message m;
	int fds[WIRE_FDS], got, err;

	for (int i = 0; i < MESSAGES && p->socket_fd >= 0; i++) {
		got = sim_receive(p, &m, fds);
		if (!got)
			return;
		if (got < 0) {
			again(p, ALARM_NO_FAR_END);
			return;
		}
		err = handle(p, &m, fds);
		wire_close_fds(fds);
		if (err == -EPROTO)
			p->counters.malformed++;
		if (err == -ECONNREFUSED)
			p->counters.refused++;
		if (err)
			again(p, err == -ECONNREFUSED && m.kind == p->kind ?
			      ALARM_RED : ALARM_NO_FAR_END);
	}
}

static int near_open(struct line_port **port, const struct port_conf *conf,
		     char *why, size_t size)
{
	enum port_kind kind = conf->kind;
	char path[SIM_PATH];
	struct line_port *p;
	int err = wire_path(path, sizeof(path), conf->directory, conf->address);

	if (err) {
		snprintf(why, size, err == -EINVAL ?
			 "sim/%.*s: not a line's name; use letters, digits, '.', '_', '-'" :
			 "sim/%.*s: the directory's path is too long for a socket; use a shorter one",
			 PORT_NAME_SIZE, conf->address);
		return err;
	}
	sim_scan_directory(conf->directory);
	if (!kind && sim_probe(path, &kind, NULL)) {
		snprintf(why, size, "sim/%s: nobody holds its far end (%s), so its "
			 "kind is not known; set kind = \"fxs\" or \"fxo\", or "
			 "start tipring-pbx first", conf->address, path);
		return -ENODEV;
	}
	if (conf->card_impedance > SIM_IMPEDANCES) {
		snprintf(why, size, "sim/%s: a simulated line's card has the impedances "
			 "0 to %d; correct card_impedance", conf->address,
			 SIM_IMPEDANCES - 1);
		return -EINVAL;
	}
	p = sim_port_new(kind, false, conf);
	if (!p) {
		err = -errno;
		snprintf(why, size, "sim/%s: %s", conf->address, strerror(-err));
		return err;
	}
	strcpy(p->path, path);
	if (conf->card_impedance) {
		p->opened_with = (uint32_t)conf->card_impedance - 1;
		p->impedance = p->opened_with;
	}
	sim_near_connect(p);
	sim_arm(p);
	*port = p;
	return 0;
}

static void near_close(struct line_port *p)
{
	if (!p)
		return;
	sim_near_clock_put(p->clock);
	sim_port_free(p);
}

static int near_wait(struct line_port *p, struct port_wait *w)
{
	*w = (struct port_wait){ .event_fd = p->event_fd, .event_mask = POLLIN,
				 .audio_fd = -1, .audio_mask = POLLIN };
	if (p->connected)
		w->audio_fd = sim_near_clock_fd(p->clock);
	sim_listen(p);
	return 0;
}

static ssize_t corrupt(struct line_port *p)
{
	p->counters.corrupt++;
	again(p, ALARM_NO_FAR_END);
	sim_arm(p);
	return -EAGAIN;
}

static ssize_t near_read(struct line_port *p, void *frame, size_t samples)
{
	ssize_t fill;

	if (!p->shared)
		return -EAGAIN;
	fill = ring_fill(&p->shared->to_near, p->tail);
	if (fill < 0)
		return corrupt(p);
	if ((size_t)fill < samples)
		samples = (size_t)fill;
	if (samples > FRAME_MAX)
		samples = FRAME_MAX;
	if (samples)
		ring_get(&p->shared->to_near, &p->tail, frame, (uint32_t)samples);
	/* After taking: the far end looks at the ring once more after it has
	 * cleared this, so one of us sees the other. */
	if (!atomic_load(&p->shared->listening))
		sim_listen(p);
	return samples ? (ssize_t)samples : -EAGAIN;
}

static ssize_t near_write(struct line_port *p, const void *frame, size_t samples)
{
	ssize_t space;

	if (!p->shared)
		return (ssize_t)samples;
	atomic_store_explicit(&p->shared->impedance, atomic_load(&p->impedance),
			      memory_order_relaxed);
	space = ring_space(&p->shared->to_far, p->head);
	if (space < 0) {
		corrupt(p);
		return (ssize_t)samples;
	}
	if ((size_t)space < samples)
		p->counters.overruns++;
	else
		ring_put(&p->shared->to_far, &p->head, frame, (uint32_t)samples);
	return (ssize_t)samples;
}

const struct line_driver sim_driver = {
	.name = "sim",
	.frame = SIM_FRAME,
	.scan = sim_scan,
	.open = near_open,
	.close = near_close,
	.state = sim_state,
	.hook = sim_hook,
	.ring = sim_ring,
	.battery = sim_battery,
	.polarity = sim_polarity,
	.flash = sim_flash,
	.pulse = sim_pulse,
	.set = sim_set,
	.readings = sim_readings,
	.impedance = sim_impedance,
	.wait = near_wait,
	.next_event = sim_next_event,
	.read = near_read,
	.write = near_write,
	.turn_begin = sim_near_turn_begin,
	.dchannel = &sim_dchannel,
};
