/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * media-fake.h - a line driver whose clock and whose far end are the test's:
 * what the pump writes is kept, what it reads was prepared. Ports are "fake/0"
 * to "fake/7"; all share one audio descriptor.
 */
#ifndef MEDIA_FAKE_H
#define MEDIA_FAKE_H

#include <pthread.h>
#include <stdatomic.h>

#include "tipring/driver.h"

#define FAKE_PORTS 8
#define FAKE_SECONDS 40

struct line_port {
	unsigned number;
	bool open;
	int event_fd;
	enum port_kind kind;
	/* towards the pump and from it, in samples since the clock began */
	int16_t *in, *out;
	size_t at;		/* of this port's next read */
	size_t written;
	/* events to be seen, and what was asked */
	struct line_event event[64];
	unsigned first, last;
	char log[2048];		/* one word a request: "hook:1 " */
	bool off_hook, ringing, reversed;
	enum port_alarm alarm;
	bool stuck;		/* gives no audio */
	size_t less;		/* samples that a read gives too few */
	int fail;		/* what requests return */
};

extern struct line_port fake_port[FAKE_PORTS];
extern const struct line_driver fake_driver;

void fake_init(void);
void fake_fini(void);
/* The clock goes on by frames of 10 ms; waits until the pump has served each
 * (ports that nobody listens to are let go). */
void fake_run(unsigned frames);
size_t fake_now(void);		/* samples */
unsigned fake_pending(unsigned port);	/* events not seen yet */
void fake_event(unsigned port, enum line_event_type, int value);
const struct line_driver *fake_find(const char *port, const char **address);
/* A copy of what was asked of the port so far. */
void fake_log(unsigned port, char *to, size_t size);

#endif
