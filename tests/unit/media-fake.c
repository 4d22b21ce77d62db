/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media-fake.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "media/law.h"

#define FRAME 80
#define SAMPLES (FAKE_SECONDS * 8000)

struct line_port fake_port[FAKE_PORTS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int clock_fd = -1;
static size_t now;
static atomic_bool served;

void fake_init(void)
{
	clock_fd = eventfd(0, EFD_NONBLOCK);
	now = 0;
	for (unsigned i = 0; i < FAKE_PORTS; i++) {
		struct line_port *p = &fake_port[i];

		memset(p, 0, sizeof(*p));
		p->number = i;
		p->kind = i % 2 ? PORT_FXO : PORT_FXS;
		p->event_fd = eventfd(0, EFD_NONBLOCK);
		p->in = calloc(SAMPLES, sizeof(*p->in));
		p->out = calloc(SAMPLES, sizeof(*p->out));
	}
}

void fake_fini(void)
{
	close(clock_fd);
	for (unsigned i = 0; i < FAKE_PORTS; i++) {
		close(fake_port[i].event_fd);
		free(fake_port[i].in);
		free(fake_port[i].out);
	}
}

size_t fake_now(void)
{
	return now;
}

static void nap(long us)
{
	struct timespec ts = { 0, us * 1000 };

	nanosleep(&ts, NULL);
}

static void wait_served(long us)
{
	struct timespec ts;
	int64_t end, t;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	end = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000 + us;
	do {
		nap(50);
		clock_gettime(CLOCK_MONOTONIC, &ts);
		t = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	} while (!served && t < end);
}

void fake_run(unsigned frames)
{
	static unsigned idle;
	uint64_t one = 1;

	for (unsigned i = 0; i < frames; i++) {
		pthread_mutex_lock(&lock);
		now += FRAME;
		pthread_mutex_unlock(&lock);
		served = false;
		if (write(clock_fd, &one, sizeof(one)) < 0)
			abort();
		/* Once nobody listens it waits for less than a frame. */
		wait_served(idle < 2 ? 200000 : 6000);
		idle = served ? 0 : idle + 1;
		/* Not served: no port is active; the tick is taken back. */
		if (!served && read(clock_fd, &one, sizeof(one)) < 0)
			nap(1);
		one = 1;
	}
}

void fake_event(unsigned n, enum line_event_type type, int value)
{
	struct line_port *p = &fake_port[n];
	uint64_t one = 1;

	pthread_mutex_lock(&lock);
	p->event[p->last++ % 64] = (struct line_event) { type, value, now };
	pthread_mutex_unlock(&lock);
	if (write(p->event_fd, &one, sizeof(one)) < 0)
		abort();
}

unsigned fake_pending(unsigned n)
{
	unsigned pending;

	pthread_mutex_lock(&lock);
	pending = fake_port[n].last - fake_port[n].first;
	pthread_mutex_unlock(&lock);
	return pending;
}

void fake_log(unsigned n, char *to, size_t size)
{
	pthread_mutex_lock(&lock);
	snprintf(to, size, "%s", fake_port[n].log);
	pthread_mutex_unlock(&lock);
}

const struct line_driver *fake_find(const char *port, const char **address)
{
	if (strncmp(port, "fake/", 5))
		return NULL;
	*address = port + 5;
	return &fake_driver;
}

/* ------------------------------------------------------------------- driver */

static int note(struct line_port *p, const char *what, int value)
{
	size_t n;

	pthread_mutex_lock(&lock);
	n = strlen(p->log);
	if (n + 40 < sizeof(p->log))
		snprintf(p->log + n, sizeof(p->log) - n, "%s:%d ", what, value);
	pthread_mutex_unlock(&lock);
	return p->fail;
}

static int fake_open(struct line_port **port, const struct port_conf *c,
		     char *why, size_t size)
{
	int n = atoi(c->address);

	if (n < 0 || n >= FAKE_PORTS || fake_port[n].open) {
		snprintf(why, size, "fake/%d: no such port, or in use", n);
		return -ENODEV;
	}
	*port = &fake_port[n];
	(*port)->open = true;
	(*port)->at = now;
	return 0;
}

static void fake_close(struct line_port *p)
{
	p->open = false;
}

static int fake_state(struct line_port *p, struct port_state *s)
{
	*s = (struct port_state) {
		.off_hook = p->off_hook, .ringing = p->ringing, .battery = true,
		.reversed = p->reversed, .alarm = p->alarm, .kind = p->kind,
		.signalling = SIGNALLING_LOOP_START, .format = AUDIO_MULAW,
		.capabilities = PORT_PULSE | PORT_CAN_REVERSE |
				PORT_ON_HOOK_SEND | PORT_ON_HOOK_HEAR,
	};
	return 0;
}

static int fake_hook(struct line_port *p, bool off)
{
	p->off_hook = off;
	return note(p, "hook", off);
}

static int fake_ring(struct line_port *p, const struct cadence *c)
{
	p->ringing = c;
	return note(p, "ring", c ? c->count : 0);
}

static int fake_battery(struct line_port *p, int ms)
{
	return note(p, "battery", ms);
}

static int fake_polarity(struct line_port *p, bool reversed)
{
	p->reversed = reversed;
	return note(p, "polarity", reversed);
}

static int fake_flash(struct line_port *p, int ms)
{
	return note(p, "flash", ms);
}

static int fake_pulse(struct line_port *p, const char *digits)
{
	return note(p, "pulse", atoi(digits));
}

static int fake_set(struct line_port *p, enum port_param param, int value)
{
	return note(p, "set", value);
}

static int fake_wait(struct line_port *p, struct port_wait *w)
{
	*w = (struct port_wait) { p->event_fd, POLLIN, clock_fd, POLLIN };
	return 0;
}

static int fake_next_event(struct line_port *p, struct line_event *ev)
{
	uint64_t n;
	int got = 0;

	pthread_mutex_lock(&lock);
	if (p->first != p->last) {
		*ev = p->event[p->first++ % 64];
		got = 1;
	} else if (read(p->event_fd, &n, sizeof(n)) < 0 && errno != EAGAIN) {
		abort();
	}
	pthread_mutex_unlock(&lock);
	return got;
}

static ssize_t fake_read(struct line_port *p, void *frame, size_t samples)
{
	uint8_t *to = frame;
	ssize_t n = -EAGAIN;

	pthread_mutex_lock(&lock);
	if (p->at + FRAME <= now && !p->stuck) {
		if (now - p->at > 4 * FRAME)	/* not listened to for a while */
			p->at = now - FRAME;
		for (n = 0; n < (ssize_t)(FRAME - p->less); n++)
			to[n] = law_ulaw(p->in[(p->at + (size_t)n) % SAMPLES]);
		p->at += FRAME;
		p->written = p->at;
	}
	pthread_mutex_unlock(&lock);
	return n;
}

static ssize_t fake_write(struct line_port *p, const void *frame, size_t samples)
{
	const uint8_t *from = frame;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < samples; i++)
		p->out[(p->written + i) % SAMPLES] = law_from_ulaw[from[i]];
	pthread_mutex_unlock(&lock);
	return (ssize_t)samples;
}

static void fake_begin(int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		abort();
}

static void fake_end(int fd)
{
	served = true;
}

const struct line_driver fake_driver = {
	.name = "fake",
	.frame = FRAME,
	.open = fake_open,
	.close = fake_close,
	.state = fake_state,
	.hook = fake_hook,
	.ring = fake_ring,
	.battery = fake_battery,
	.polarity = fake_polarity,
	.flash = fake_flash,
	.pulse = fake_pulse,
	.set = fake_set,
	.wait = fake_wait,
	.next_event = fake_next_event,
	.read = fake_read,
	.write = fake_write,
	.turn_begin = fake_begin,
	.turn_end = fake_end,
};
