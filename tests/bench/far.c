/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "far.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "drivers/sim/sim.h"
#include "echo_lab.h"
#include "media/law.h"

#define MARK 30000
#define LOUDEST 10000
#define PAST 16

uint64_t far_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

const int16_t *far_speech(void)
{
	static int16_t speech[FAR_SPEECH];
	static bool made;

	if (made)
		return speech;
	made = true;
	if (!lab_speech(speech, FAR_SPEECH, -16, 0))
		lab_babble(speech, FAR_SPEECH, -16, 1);
	for (size_t i = 0; i < FAR_SPEECH; i++)
		if (speech[i] > LOUDEST || speech[i] < -LOUDEST)
			speech[i] = speech[i] > 0 ? LOUDEST : -LOUDEST;
	return speech;
}

static int watch(struct far *f, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	return epoll_ctl(f->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
}

int far_init(struct far *f, const char *directory, unsigned n,
	     enum port_kind kind)
{
	struct port_wait w;
	char why[200] = "";

	memset(f, 0, sizeof *f);
	law_init();
	f->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	f->audio_fd = -1;
	for (unsigned i = 0; i < n && i < FAR_LINES; i++) {
		struct port_conf conf = { .kind = kind, .directory = directory };

		snprintf(conf.address, sizeof conf.address, "%u", i + 1);
		if (sim_far_driver.open(&f->line[i].port, &conf, why,
					sizeof why)) {
			fprintf(stderr, "bench: %s\n", why);
			return -1;
		}
		f->lines = i + 1;
		f->line[i].offset = i * 3571 % FAR_SPEECH;
		sim_far_driver.wait(f->line[i].port, &w);
		if (watch(f, w.event_fd) ||
		    (f->audio_fd < 0 && watch(f, w.audio_fd)))
			return -1;
		f->audio_fd = w.audio_fd;
	}
	return 0;
}

void far_fini(struct far *f)
{
	for (unsigned i = 0; i < f->lines; i++)
		sim_far_driver.close(f->line[i].port);
	close(f->epoll_fd);
}

int far_off_hook(struct far *f, unsigned line, bool off)
{
	return sim_far_driver.hook(f->line[line].port, off);
}

/* What the line says in this frame: speech and the hybrid's echo of what it
 * has just heard, and now and then a mark. */
static void say(struct far *f, struct far_line *l, unsigned index,
		uint8_t *octets)
{
	const int16_t *speech = far_speech(), *h = l->heard + PAST;
	int16_t frame[FAR_FRAME];

	for (int i = 0; i < FAR_FRAME; i++) {
		int x = speech[(l->offset + (unsigned)i) % FAR_SPEECH];

		x += h[i - 5] * 3 / 8 - h[i - 9] / 4 + h[i - 14] / 8;
		frame[i] = (int16_t)(x > 16000 ? 16000 : x < -16000 ? -16000 : x);
	}
	l->offset = (l->offset + FAR_FRAME) % FAR_SPEECH;
	l->frames++;
	if (f->mark_every && (l->frames + index * 7) % f->mark_every == 0) {
		l->mark_frame = f->ticks;
		l->mark_at = (unsigned)(l->frames * 13 + index) % FAR_FRAME;
		frame[l->mark_at] = MARK;
	}
	law_encode(AUDIO_MULAW, frame, octets, FAR_FRAME);
}

static void serve_line(struct far *f, unsigned index, uint64_t now)
{
	struct far_line *l = f->line + index;
	uint8_t octets[FAR_FRAME];

	while (sim_far_driver.read(l->port, octets, FAR_FRAME) == FAR_FRAME) {
		memmove(l->heard, l->heard + FAR_FRAME, PAST * sizeof *l->heard);
		law_decode(AUDIO_MULAW, octets, l->heard + PAST, FAR_FRAME);
		if (f->heard)
			f->heard(f->arg, index, l->heard + PAST, FAR_FRAME, now);
		say(f, l, index, octets);
		sim_far_driver.write(l->port, octets, FAR_FRAME);
	}
}

void far_serve(struct far *f)
{
	struct epoll_event ev[64];
	struct line_event e;
	bool tick = false;
	int n = epoll_wait(f->epoll_fd, ev, 64, 0);

	for (int i = 0; i < n; i++)
		tick |= ev[i].data.fd == f->audio_fd;
	if (n > (tick ? 1 : 0))
		for (unsigned i = 0; i < f->lines; i++)
			while (sim_far_driver.next_event(f->line[i].port, &e) > 0)
				;
	if (!tick)
		return;
	sim_far_driver.turn_begin(f->audio_fd);
	f->ticks++;
	{
		uint64_t now = far_now_ns();

		for (unsigned i = 0; i < f->lines; i++)
			serve_line(f, i, now);
	}
	f->tick_ns[f->ticks % FAR_TICKS] = far_now_ns();
	sim_far_driver.turn_end(f->audio_fd);
}
