/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * far.h - the far ends of simulated lines for the benches: telephones that
 * speak without a pause and have a hybrid that echoes, and the clock of all.
 * What they cost is nobody's: they live in a process of their own.
 *
 * A mark is one sample far louder than any speech. It tells when what was said
 * in one place is heard in another.
 */
#ifndef BENCH_FAR_H
#define BENCH_FAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tipring/driver.h"

#define FAR_FRAME 80
#define FAR_LINES 240
#define FAR_TICKS 64		/* ticks whose times are remembered */
#define FAR_MARK 24000		/* louder is a mark; speech stays below 10000 */
#define FAR_SPEECH (12 * 8000)	/* samples, then again */

struct far_line {
	struct line_port *port;
	unsigned offset;	/* in the speech */
	int16_t heard[FAR_FRAME + 16];	/* for the echo; the past in front */
	uint64_t frames;	/* written so far, silent ones too */
	uint64_t mark_frame;	/* of the mark on its way, 0 none */
	unsigned mark_at;	/* sample in the frame */
};

/* Called for each line's frame that came from the gateway. */
typedef void far_heard_fn(void *arg, unsigned line, const int16_t *samples,
			  size_t n, uint64_t tick_ns);

struct far {
	struct far_line line[FAR_LINES];
	unsigned lines;
	int16_t *speech;
	int epoll_fd, audio_fd;
	uint64_t ticks;
	uint64_t tick_ns[FAR_TICKS];	/* when the frames of tick i were there */
	unsigned mark_every;	/* ticks between a line's marks; 0: none */
	far_heard_fn *heard;
	void *arg;
};

uint64_t far_now_ns(void);		/* wall clock: packets are stamped with it */

/* Lines "1" to "n" of a directory, of that kind at the far end. 0 or -1, the
 * reason told on standard error. */
int far_init(struct far *, const char *directory, unsigned n, enum port_kind);
void far_fini(struct far *);
/* FXO: goes off hook. */
int far_off_hook(struct far *, unsigned line, bool off);
/* Serves what epoll_fd has to say; does not wait. */
void far_serve(struct far *);

/* Speech for others: a level of -16 dBm0, no sample near a mark. */
const int16_t *far_speech(void);

#endif
