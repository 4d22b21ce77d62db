/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * far.c - the far end of a simulated line, tipring-pbx's: it listens, lets one
 * near end in at a time, and gives memory and clock.
 */
#define _GNU_SOURCE
#include "drivers/sim/port.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define MESSAGES 32
#define SLACK (2 * SIM_FRAME)	/* octets that may wait in the ring to us */

static struct sim_shared *share(int *fd)
{
	struct sim_shared *s = MAP_FAILED;

	*fd = memfd_create("tipring-line", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (*fd < 0)
		return NULL;
	if (ftruncate(*fd, sizeof(*s)) == 0 &&
	    fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, *fd, 0);
	if (s != MAP_FAILED)
		return s;
	close(*fd);
	return NULL;
}

static void refuse(struct line_port *p, int fd, enum wire_type type)
{
	struct wire_message m = sim_message(p, type, wire_now());

	wire_send(fd, &m, NULL, 0);
	close(fd);
}

/* The near end said hello: the wire is up, or it is told why not. Takes fd. */
static void adopt(struct line_port *p, int fd, const struct wire_message *theirs)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = SIM_TAG_SOCKET };
	struct wire_message m;
	struct sim_shared *shared;
	int memory, err;

	if (p->connected || theirs->kind != sim_other(p->kind)) {
		p->counters.refused++;
		refuse(p, fd, WIRE_REFUSED);
		return;
	}
	shared = share(&memory);
	if (!shared) {
		refuse(p, fd, WIRE_REFUSED);
		return;
	}
	m = sim_message(p, WIRE_HELLO, wire_now());
	m.clock = sim_far_clock_id();
	err = wire_send(fd, &m, (int[]){ memory, sim_far_clock_event() }, WIRE_FDS);
	close(memory);
	if (!err && epoll_ctl(p->event_fd, EPOLL_CTL_MOD, fd, &ev) < 0)
		err = -errno;
	if (err) {
		munmap(shared, sizeof(*shared));
		close(fd);
		return;
	}
	p->socket_fd = fd;
	p->served = sim_far_clock_samples();
	sim_connected(p, shared, theirs->state);
}

static void candidate(struct line_port *p, int *slot)
{
	struct wire_message m;
	int fds[WIRE_FDS], got, fd = *slot;

	if (fd < 0)
		return;
	got = wire_receive(fd, &m, fds);
	if (!got)
		return;
	*slot = -1;
	if (got > 0)
		wire_close_fds(fds);
	if (got > 0 && m.type == WIRE_HELLO) {
		adopt(p, fd, &m);
	} else if (got > 0 && m.type == WIRE_PROBE) {
		refuse(p, fd, WIRE_INFO);
	} else {
		if (got != -ECONNRESET)
			p->counters.malformed++;
		close(fd);
	}
}

/* Those who never speak make room for those who come after them. */
static void incoming(struct line_port *p)
{
	for (int n = 0; n < SIM_CANDIDATES; n++) {
		int fd = accept4(p->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		int slot = 0;

		if (fd < 0)
			return;
		while (slot < SIM_CANDIDATES - 1 && p->candidate[slot] >= 0)
			slot++;
		if (p->candidate[slot] >= 0)
			close(p->candidate[slot]);
		p->candidate[slot] = fd;
		if (sim_watch(p, fd, SIM_TAG_CANDIDATE + (unsigned)slot)) {
			close(fd);
			p->candidate[slot] = -1;
		} else {
			candidate(p, &p->candidate[slot]);
		}
	}
}

void sim_far_ready(struct line_port *p, unsigned tag)
{
	struct wire_message m;
	int fds[WIRE_FDS], got;

	if (tag == SIM_TAG_LISTEN) {
		incoming(p);
		return;
	}
	if (tag >= SIM_TAG_CANDIDATE) {
		candidate(p, &p->candidate[tag - SIM_TAG_CANDIDATE]);
		return;
	}
	for (int i = 0; i < MESSAGES && p->socket_fd >= 0; i++) {
		got = sim_receive(p, &m, fds);
		if (!got)
			return;
		if (got > 0)
			wire_close_fds(fds);
		if (got > 0 && m.type == WIRE_STATE) {
			sim_apply(p, m.state, m.stamp);
			continue;
		}
		if (got > 0)
			p->counters.malformed++;
		sim_disconnect(p, ALARM_NO_FAR_END);
	}
}

static int far_open(struct line_port **port, const struct port_conf *conf,
		    char *why, size_t size)
{
	struct line_port *p;
	int err;

	if (!conf->kind) {
		snprintf(why, size, "line %s: say whether it is fxs or fxo",
			 conf->address);
		return -EINVAL;
	}
	p = sim_port_new(conf->kind, true, conf);
	if (!p) {
		err = -errno;
		snprintf(why, size, "line %s: %s", conf->address, strerror(-err));
		return err;
	}
	p->listen_fd = sim_bind(p->path, conf->directory, conf->address, why, size);
	err = p->listen_fd < 0 ? p->listen_fd :
	      sim_watch(p, p->listen_fd, SIM_TAG_LISTEN);
	if (!err) {
		err = sim_far_clock_get();
		if (err) {
			snprintf(why, size, "line %s: no clock: %s",
				 conf->address, strerror(-err));
			unlink(p->path);
		}
	}
	if (err) {
		sim_port_free(p);
		return err;
	}
	*port = p;
	return 0;
}

static void far_close(struct line_port *p)
{
	if (!p)
		return;
	unlink(p->path);
	sim_far_clock_put();
	sim_port_free(p);
}

static int far_wait(struct line_port *p, struct port_wait *w)
{
	*w = (struct port_wait){ .event_fd = p->event_fd, .event_mask = POLLIN,
				 .audio_fd = sim_far_clock_timer(),
				 .audio_mask = POLLIN };
	return 0;
}

static void corrupt(struct line_port *p)
{
	p->counters.corrupt++;
	sim_disconnect(p, ALARM_NO_FAR_END);
	sim_arm(p);
}

/* The clock says how many; the near end's, as far as they have come. */
static ssize_t far_read(struct line_port *p, void *frame, size_t samples)
{
	uint64_t due = sim_far_clock_samples() - p->served;
	ssize_t fill;

	if (!p->shared || !due)
		return -EAGAIN;
	if (due < samples)
		samples = (size_t)due;
	if (samples > FRAME_MAX)
		samples = FRAME_MAX;
	fill = ring_fill(&p->shared->to_far, p->tail);
	if (fill < 0) {
		corrupt(p);
		return -EAGAIN;
	}
	if (fill > (ssize_t)(samples + SLACK)) {
		ring_skip(&p->shared->to_far, &p->tail,
			  (uint32_t)(fill - (ssize_t)(samples + SLACK)));
		p->counters.slips++;
		fill = (ssize_t)(samples + SLACK);
	}
	if (fill > (ssize_t)samples)
		fill = (ssize_t)samples;
	ring_get(&p->shared->to_far, &p->tail, frame, (uint32_t)fill);
	if (fill < (ssize_t)samples) {
		memset((uint8_t *)frame + fill, sim_silence(p),
		       samples - (size_t)fill);
		p->counters.underruns += atomic_load(&p->shared->listening);
	}
	p->served += samples;
	return (ssize_t)samples;
}

static ssize_t far_write(struct line_port *p, const void *frame, size_t samples)
{
	struct sim_shared *s = p->shared;
	ssize_t space;

	if (!s || !atomic_load(&s->listening))
		return (ssize_t)samples;
	space = ring_space(&s->to_near, p->head);
	if (space >= 0 && (size_t)space < samples) {
		/* Nobody reads: do not wake them any more, unless they took
		 * something just now and have not seen this. */
		atomic_store(&s->listening, 0);
		space = ring_space(&s->to_near, p->head);
		if (space >= 0 && (size_t)space < samples) {
			p->counters.overruns++;
			return (ssize_t)samples;
		}
		atomic_store(&s->listening, 1);
	}
	if (space < 0) {
		corrupt(p);
		return (ssize_t)samples;
	}
	ring_put(&s->to_near, &p->head, frame, (uint32_t)samples);
	sim_far_clock_written();
	return (ssize_t)samples;
}

unsigned sim_far_impedance(const struct line_port *p)
{
	return p->shared ? atomic_load_explicit(&p->shared->impedance,
						memory_order_relaxed) : 0;
}

const struct line_driver sim_far_driver = {
	.name = "sim",
	.frame = SIM_FRAME,
	.scan = sim_scan,
	.open = far_open,
	.close = far_close,
	.state = sim_state,
	.hook = sim_hook,
	.ring = sim_ring,
	.battery = sim_battery,
	.polarity = sim_polarity,
	.flash = sim_flash,
	.pulse = sim_pulse,
	.set = sim_set,
	.wait = far_wait,
	.next_event = sim_next_event,
	.read = far_read,
	.write = far_write,
	.turn_begin = sim_far_turn_begin,
	.turn_end = sim_far_turn_end,
	.dchannel = &sim_far_dchannel,
};
