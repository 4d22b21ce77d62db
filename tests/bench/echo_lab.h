/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo_lab.h - what the echo bench and the canceller's unit tests share:
 * signals, the lines of G.168 annex D, and a run of one canceller over one of
 * them. Everything is deterministic.
 *
 *   far ---> [mu-law] --+--> tx_ref of the canceller
 *                       |
 *                     delay, D.n, ERL
 *                       |
 *   near ------------> (+) --> [mu-law] --> rx of the canceller
 */
#ifndef BENCH_ECHO_LAB_H
#define BENCH_ECHO_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_RATE 8000
#define LAB_FRAME 80
#define LAB_PATHS 8		/* D.2 to D.9 */

/* Root mean square of 0 dBm0, in linear samples: a full-scale sine is +3.14. */
#define LAB_RMS_0DBM0 16140.0

/* A canceller under test. */
struct lab_canceller {
	const char *name;
	void *(*make)(unsigned ms);
	void (*run)(void *, const int16_t *tx, int16_t *rx, size_t n);
	void (*drop)(void *);
};

extern const struct lab_canceller lab_builtin;		/* ours, no NLP */

/* An echo path: impulse response with its delay in front. */
struct lab_path {
	double tap[1200];
	size_t length;
};

/* index 0 to 7: D.2 to D.9; delay and the rest in ms and dB. The energy of the
 * response is exactly -erl dB. */
void lab_path(struct lab_path *, unsigned index, double delay_ms, double erl_db);

/* Signals fill n samples at a level in dBm0. Composite source signal of G.168
 * annex C: voiced 48.62 ms, noise 200 ms, pause 101.38 ms, then inverted; level
 * is that of the sounding part. */
void lab_css(int16_t *out, size_t n, double dbm0);
void lab_noise(int16_t *out, size_t n, double dbm0, uint32_t seed);
void lab_tone(int16_t *out, size_t n, double dbm0, double hz1, double hz2);
/* A talker made of noise: coloured, in syllables, with pauses. */
void lab_babble(int16_t *out, size_t n, double dbm0, uint32_t seed);
/* Recorded speech, voice 0 or 1; level is that of the parts that sound.
 * Returns false when the recordings are not installed. */
bool lab_speech(int16_t *out, size_t n, double dbm0, unsigned voice);
extern const char lab_speech_missing[];	/* which package to install */

double lab_power(const int16_t *x, size_t n);	/* mean square */
double lab_dbm0(double power);

/* One run. echo: what the line's hybrid gives before mu-law, out: after the
 * canceller. near may be NULL (silence). path changes to `path2` at `change`
 * samples when that is not NULL. Arrays hold n samples, n a multiple of
 * LAB_FRAME. */
struct lab_run {
	const struct lab_canceller *canceller;
	unsigned ms;
	const struct lab_path *path, *path2;
	size_t change;
	const int16_t *far, *near;
	size_t n;
	int16_t *tx;		/* far after mu-law, as the canceller saw it */
	double *echo;
	int16_t *out;
};

int lab_go(const struct lab_run *);

/* Echo return loss enhancement from sample a to b: echo against what is left
 * of it in out (out less near), dB. */
double lab_erle(const struct lab_run *, size_t a, size_t b);

/* The same of the canceller's estimate: echo against what of it the estimate
 * misses. Mu-law's noise, which no canceller can take out, does not count; it
 * matters where a near talker makes it louder. */
double lab_match(const struct lab_run *, size_t a, size_t b);

int16_t lab_mulaw(double x);	/* through mu-law and back */

#endif
