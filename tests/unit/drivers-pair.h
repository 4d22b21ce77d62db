/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * drivers-pair.h - a simulated line with both its ends in one process and one
 * thread, as tests need it: turns of a tiny pump, events kept in order, audio
 * sent and kept.
 */
#ifndef DRIVERS_PAIR_H
#define DRIVERS_PAIR_H

#include "drivers/sim/sim.h"

#define PAIR_EVENTS 128
#define PAIR_AUDIO 80000	/* 10 s */

struct pair_end {
	const struct line_driver *driver;
	struct line_port *port;		/* NULL: this end is not there */
	struct line_event events[PAIR_EVENTS];
	unsigned count, seen;
	bool audio;			/* wait for and serve audio */
	unsigned wakes;			/* turns that audio_fd caused */
	const uint8_t *out;		/* what is sent, then silence */
	size_t out_size, out_at;
	uint8_t in[PAIR_AUDIO];
	size_t in_size;
};

struct pair {
	char directory[32];
	unsigned break_ms, make_ms;	/* of pulses; 0: the driver's */
	struct pair_end near, far;
};

/* A fresh directory, no end open. */
void pair_init(struct pair *);
void pair_fini(struct pair *);

void pair_open_near(struct pair *, enum port_kind, unsigned flash_max_ms);
void pair_open_far(struct pair *, enum port_kind);
void pair_close(struct pair_end *);

/* Turns for ms. */
void pair_run(struct pair *, unsigned ms);
/* Turns until that end has an event of that type, looked for behind the last one
 * found. Its value; fails the test after ms. Events in between are skipped. */
int pair_expect(struct pair *, struct pair_end *end, enum line_event_type, unsigned ms);
/* The next event, whatever it is, must be that one. */
int pair_next(struct pair *, struct pair_end *end, enum line_event_type, unsigned ms);
/* None has come since. */
void pair_none(struct pair_end *);
/* Both ends open, of that near kind, and connected. */
void pair_connect(struct pair *, enum port_kind near, unsigned flash_max_ms);

#endif
