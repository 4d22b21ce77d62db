/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * wire.h - what crosses the socket of a simulated line: small messages of one
 * fixed size, each with the whole state of its sender's side, so that none is
 * missed for good; and once, with the far end's hello, two descriptors.
 *
 *   near                         far
 *    | HELLO kind, state          |
 *    |--------------------------->|
 *    |   HELLO kind, state, clock | + descriptors: shared memory, clock
 *    |<---------------------------|   or REFUSED, and it closes
 *    | STATE ...        STATE ... |
 *
 * PROBE instead of HELLO asks what there is, and gets INFO.
 */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "tipring/driver.h"

#define WIRE_MAGIC 0x54524c57u	/* "TRLW" */
#define WIRE_VERSION 1
#define WIRE_FDS 2		/* shared memory, clock: in this order */

enum wire_type { WIRE_HELLO = 1, WIRE_PROBE, WIRE_INFO, WIRE_REFUSED, WIRE_STATE };

/* What a side does to the wire. The FXO side has only the first. */
enum wire_state {
	WIRE_LOOP = 1 << 0,	/* closed */
	WIRE_BATTERY = 1 << 1,
	WIRE_REVERSED = 1 << 2,
	WIRE_RINGING = 1 << 3,
	WIRE_CURRENT = 1 << 4,	/* the FXS side sees the loop closed */
	WIRE_LAMP = 1 << 5,	/* message waiting */
};

struct wire_message {
	uint32_t magic;
	uint16_t version;
	uint16_t type;		/* enum wire_type */
	uint32_t state;		/* enum wire_state, of the sender's side */
	uint32_t kind;		/* enum port_kind of the sender */
	uint64_t stamp;		/* us, monotonic: when the state came to be */
	uint64_t clock;		/* HELLO of the far end: whose clock it is */
	uint32_t shared_size;	/* HELLO of the far end */
	uint32_t in_use;	/* INFO, REFUSED: there is a near end already */
};

/* Sends one message; 0 or -errno (-EAGAIN: the peer does not read). */
int wire_send(int socket, const struct wire_message *, const int *fds, int count);

/* Takes one message. 1; 0: none; -ECONNRESET: the peer is gone; -EBADMSG: it
 * is none of ours: truncated, too long, wrong version or type, descriptors
 * where there are none, or not both of them. fds: -1, or the caller's. */
int wire_receive(int socket, struct wire_message *, int fds[WIRE_FDS]);

void wire_close_fds(int fds[WIRE_FDS]);

/* A socket connected to the far end that listens at path, or -errno. Never
 * waits. */
int wire_connect(const char *path);

/* DIRECTORY/LINE into path. 0, -EINVAL: not a line's name, -ENAMETOOLONG. */
int wire_path(char *path, unsigned size, const char *directory, const char *line);

/* Listens at DIRECTORY/ADDRESS, whose path it gives; makes the directory, and
 * replaces what a dead process left. A descriptor, or -errno and a sentence. */
#define WIRE_PATH 108		/* sockaddr_un's */
int sim_bind(char path[WIRE_PATH], const char *directory, const char *address,
	     char *why, unsigned size);

/* The monotonic clock in us. */
uint64_t wire_now(void);

#endif
