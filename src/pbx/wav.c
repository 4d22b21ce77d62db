/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/wav.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX (256u << 20)

static uint32_t get32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Finds a chunk; NULL: there is none. A length beyond the end is cut: files
 * made through a pipe say so. */
static const uint8_t *chunk(const uint8_t *d, size_t size, const char *name, size_t *len)
{
	size_t at = 12;

	while (at + 8 <= size) {
		size_t n = get32(d + at + 4);

		if (n > size - at - 8)
			n = size - at - 8;
		if (!memcmp(d + at, name, 4)) {
			*len = n;
			return d + at + 8;
		}
		at += 8 + n + (n & 1);
	}
	return NULL;
}

int wav_parse(const uint8_t *d, size_t size, int16_t **samples, size_t *count,
	      unsigned *rate, char *why, size_t why_size)
{
	const uint8_t *format, *data;
	size_t format_size = 0, data_size = 0;

	if (size < 12 || memcmp(d, "RIFF", 4) || memcmp(d + 8, "WAVE", 4)) {
		snprintf(why, why_size, "not a WAV file");
		return -EINVAL;
	}
	format = chunk(d, size, "fmt ", &format_size);
	data = chunk(d, size, "data", &data_size);
	if (!format || format_size < 16 || !data) {
		snprintf(why, why_size, "a WAV file without format or data");
		return -EINVAL;
	}
	*rate = get32(format + 4);
	if (get16(format) != 1 || get16(format + 2) != 1 || get16(format + 14) != 16) {
		snprintf(why, why_size, "encoding %u, %u channels, %u bits; needed is "
			 "PCM, mono, 16 bits: sox IN -r 8000 -c 1 -b 16 OUT.wav",
			 get16(format), get16(format + 2), get16(format + 14));
		return -EINVAL;
	}
	*count = data_size / 2;
	*samples = malloc(*count * 2 + 2);
	if (!*samples) {
		snprintf(why, why_size, "no memory");
		return -ENOMEM;
	}
	for (size_t i = 0; i < *count; i++)
		(*samples)[i] = (int16_t)get16(data + 2 * i);
	return 0;
}

static uint8_t *read_all(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *d = NULL;
	long n;

	if (!f)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0) {
		errno = EFBIG;
		if (n <= (long)FILE_MAX && (d = malloc((size_t)n + 1))) {
			rewind(f);
			*size = fread(d, 1, (size_t)n, f);
		}
	}
	fclose(f);
	return d;
}

int wav_load(const char *path, int16_t **samples, size_t *count,
	     char *why, size_t size)
{
	char reason[160];
	size_t n = 0;
	uint8_t *d = read_all(path, &n);
	unsigned rate;
	int err;

	if (!d) {
		err = errno ? -errno : -EIO;
		snprintf(why, size, "%s: %s", path, strerror(-err));
		return err;
	}
	err = wav_parse(d, n, samples, count, &rate, reason, sizeof(reason));
	free(d);
	if (err) {
		snprintf(why, size, "%s: %s", path, reason);
	} else if (rate != 8000) {
		snprintf(why, size, "%s: %u Hz; needed is 8000: sox IN -r 8000 -c 1 "
			 "-b 16 OUT.wav", path, rate);
		free(*samples);
		err = -EINVAL;
	}
	return err;
}

struct wav_writer {
	FILE *file;
	uint32_t bytes;
	bool failed;
};

static bool put_header(struct wav_writer *w)
{
	uint8_t h[44] = "RIFF....WAVEfmt ";

	put32(h + 4, 36 + w->bytes);
	put32(h + 16, 16);
	put32(h + 20, 1 | 1 << 16);		/* PCM, mono */
	put32(h + 24, 8000);
	put32(h + 28, 16000);
	put32(h + 32, 2 | 16 << 16);
	memcpy(h + 36, "data", 4);
	put32(h + 40, w->bytes);
	return fwrite(h, sizeof(h), 1, w->file) == 1;
}

struct wav_writer *wav_create(const char *path)
{
	struct wav_writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->file = fopen(path, "wbe");
	if (!w->file) {
		free(w);
		return NULL;
	}
	w->failed = !put_header(w);
	return w;
}

void wav_put(struct wav_writer *w, const int16_t *samples, size_t count)
{
	uint8_t out[2 * 320];

	while (count && !w->failed) {
		size_t n = count < 320 ? count : 320;

		for (size_t i = 0; i < n; i++) {
			out[2 * i] = (uint8_t)samples[i];
			out[2 * i + 1] = (uint8_t)((uint16_t)samples[i] >> 8);
		}
		w->failed = fwrite(out, 2, n, w->file) != n;
		w->bytes += (uint32_t)(2 * n);
		samples += n;
		count -= n;
	}
}

int wav_close(struct wav_writer *w)
{
	int err = 0;

	if (!w)
		return 0;
	rewind(w->file);
	if (!put_header(w))
		w->failed = true;
	if (fclose(w->file) || w->failed)
		err = errno ? -errno : -EIO;
	free(w);
	return err;
}
