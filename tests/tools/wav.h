/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * wav.h - reads and writes the sound files the tests compare: mono WAV, 16 bit
 * linear or G.711, or bare mu-law octets.
 */
#ifndef TOOLS_WAV_H
#define TOOLS_WAV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wav {
	unsigned rate;		/* Hz */
	size_t count;		/* samples */
	int16_t *samples;	/* owned; freed by wav_free() */
};

/* Reads a file; raw_ulaw: without a header, 8000 Hz mu-law. A data chunk whose
 * length was never filled in (a recorder that was killed) reads to the end of
 * the file. 0, -errno of the system, -EINVAL: not a mono WAV of a kind known
 * here; *why then says so in words. */
int wav_read(struct wav *, const char *path, bool raw_ulaw, const char **why);
/* Writes 16 bit linear. 0 or -errno. */
int wav_write(const struct wav *, const char *path);
void wav_free(struct wav *);

/* RMS level in dBm0 (a full-scale sine is +3.14); -99 for silence. */
double wav_level(const int16_t *samples, size_t count);

#endif
