/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * What a peer sends on the socket of a simulated line, and what it does to the
 * memory they share. Input: the first octet picks end and kind, then pieces:
 *
 *   flags, size, octets     1: with a valid header    2: with descriptors
 *                           4: audio afterwards       8: octets go into the
 *                                                        shared memory instead
 */
#define _GNU_SOURCE
#include "driver.h"

#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/sim/port.h"

const char fuzz_name[] = "sim";
const char *const fuzz_words[] = { "WLRT\001", "WLRT\001\0\005\0", "\003\050",
				   "\001\050", NULL };

struct peer {
	struct line_port *port;
	const struct line_driver *driver;
	int socket, memory, clock;
	struct sim_shared *shared;
};

static void drain(struct peer *p)
{
	struct line_event e;

	for (int i = 0; i < 100 && p->driver->next_event(p->port, &e) == 1; i++)
		if (e.type <= LINE_EVENT_NONE || e.type > LINE_EVENT_RESYNC)
			abort();
}

/* A fresh connection in place of the one that was ended. */
static void meet(struct peer *p)
{
	int fds[2];

	if (p->socket >= 0)
		close(p->socket);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds))
		abort();
	p->socket = fds[0];
	if (p->port->far) {
		if (p->port->candidate[0] >= 0)
			close(p->port->candidate[0]);
		p->port->candidate[0] = fds[1];
		sim_watch(p->port, fds[1], SIM_TAG_CANDIDATE);
	} else {
		p->port->socket_fd = fds[1];
		sim_watch(p->port, fds[1], SIM_TAG_SOCKET);
	}
}

static void audio(struct peer *p)
{
	uint8_t frame[FRAME_MAX] = { 0 };

	for (int i = 0; i < 4; i++) {
		p->driver->read(p->port, frame, sizeof(frame));
		p->driver->write(p->port, frame, sizeof(frame));
	}
	drain(p);
}

static void piece(struct peer *p, unsigned flags, const uint8_t *data, size_t size)
{
	struct wire_message m = { 0 };
	size_t n = size < sizeof(m) ? size : sizeof(m);
	int fds[2] = { p->memory, p->clock };

	if (flags & 8 && p->shared && size >= 5) {
		/* The positions are the first words of the rings' cache lines. */
		size_t at = data[0] % 5 * 64 + (data[0] > 127 ? RING_SIZE : 0);

		memcpy((uint8_t *)p->shared + at, data + 1, 4);
		audio(p);
		return;
	}
	memcpy(&m, data, n);
	if (flags & 1) {
		m.magic = WIRE_MAGIC;
		m.version = WIRE_VERSION;
		m.type = (uint16_t)(m.type % 6);
		m.kind = p->port->kind == PORT_FXS ? PORT_FXO : PORT_FXS;
		m.shared_size = sizeof(struct sim_shared);
		n = sizeof(m);
	}
	if (flags & 2 && n == sizeof(m))
		wire_send(p->socket, &m, fds, 2);
	else if (n && send(p->socket, &m, n, MSG_NOSIGNAL) < 0)
		meet(p);
	drain(p);
	if (!p->port->connected && p->port->socket_fd < 0)
		meet(p);
	if (flags & 4)
		audio(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct peer p = { .socket = -1 };
	const struct port_conf conf = { .flash_max_ms = 500 };

	if (!size)
		return 0;
	p.port = sim_port_new(*data & 1 ? PORT_FXS : PORT_FXO, *data & 2, &conf);
	p.driver = *data & 2 ? &sim_far_driver : &sim_driver;
	if (!p.port || (p.port->far && sim_far_clock_get()))
		abort();
	p.memory = memfd_create("peer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	p.clock = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (ftruncate(p.memory, sizeof(struct sim_shared)) ||
	    fcntl(p.memory, F_ADD_SEALS, F_SEAL_SHRINK))
		abort();
	p.shared = mmap(NULL, sizeof(*p.shared), PROT_READ | PROT_WRITE, MAP_SHARED,
			p.memory, 0);
	if (p.shared == MAP_FAILED)
		abort();
	meet(&p);
	for (size_t at = 1; at + 2 <= size; ) {
		size_t n = data[at + 1];

		if (n > size - at - 2)
			n = size - at - 2;
		piece(&p, data[at], data + at + 2, n);
		at += 2 + n;
	}
	munmap(p.shared, sizeof(*p.shared));
	close(p.memory);
	close(p.clock);
	close(p.socket);
	/* Without the far end's socket file there is nothing to unlink. */
	if (p.port->far)
		sim_far_clock_put();
	else
		sim_near_clock_put(p.port->clock);
	sim_port_free(p.port);
	return 0;
}
