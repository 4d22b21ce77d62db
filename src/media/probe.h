/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * probe.h - a stretch of a line's samples, recorded to be measured: what was
 * heard, beside what was sent when it came.
 *
 * Signalling makes it with all of its memory and lends it to the pump, which
 * fills it, one frame after the other, and gives it back.
 */
#ifndef MEDIA_PROBE_H
#define MEDIA_PROBE_H

#include "tipring/media.h"

#define PROBE_PERIOD 4096	/* samples after which the test signal repeats */
#define PROBE_LISTENS 8192	/* samples of PROBE_LISTEN, a power of two */
#define PROBE_LEVEL (-140)	/* 0.1 dBm0, of the test signal */

struct probe {
	enum media_probe what;
	bool stopped;		/* signalling's: nobody wants it any more */
	size_t samples, at;	/* in all, and recorded */
	size_t sent_at;
	float *signal;		/* PROBE_PERIOD samples; NULL: silence */
	int16_t *sent, *heard;	/* samples each; sent NULL with no signal */
};

/* ---- signalling's. NULL: no memory. */
struct probe *probe_new(enum media_probe);
void probe_free(struct probe *);
void probe_stop(struct probe *);
bool probe_stopped(const struct probe *);
void probe_analyse(const struct probe *, struct media_probed *);

/* ---- the pump's */
/* n samples that came while those of `sent` were on their way. */
void probe_hear(struct probe *, const int16_t *sent, const int16_t *heard, size_t n);
/* n samples to be sent instead. False: all is recorded. */
bool probe_sound(struct probe *, int16_t *, size_t n);

/* ---- what it is made of: probe_listen.c, probe_echo.c */
/* n: a power of two. */
void probe_listen(const int16_t *heard, size_t n, struct media_probed *);
/* periods of PROBE_PERIOD samples each; the first is left out of the result,
 * for then what came before the signal has died away. */
void probe_echo(const int16_t *sent, const int16_t *heard, unsigned periods,
		struct media_probed *);
void probe_signal(float signal[PROBE_PERIOD]);

#endif
