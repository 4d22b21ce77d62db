/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * wav.h - sound files: 8000 Hz, mono, 16 bits.
 */
#ifndef PBX_WAV_H
#define PBX_WAV_H

#include <stddef.h>
#include <stdint.h>

/* All samples of a file into *samples, the caller's to free. 0, or -errno and a
 * sentence in why. */
int wav_load(const char *path, int16_t **samples, size_t *count,
	     char *why, size_t size);
/* The same of a file in memory, whatever its rate: *rate says. Stereo and other
 * sample sizes are refused. */
int wav_parse(const uint8_t *data, size_t size, int16_t **samples, size_t *count,
	      unsigned *rate, char *why, size_t why_size);

struct wav_writer;
struct wav_writer *wav_create(const char *path);	/* NULL and errno */
void wav_put(struct wav_writer *, const int16_t *, size_t count);
/* Completes the header. 0 or -errno: not all of it is in the file. */
int wav_close(struct wav_writer *);

#endif
