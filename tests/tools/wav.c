/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "wav.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORMAT_LINEAR = 1, FORMAT_ALAW = 6, FORMAT_ULAW = 7 };

struct wav_format {
	unsigned tag, channels, rate, bits;
};

static unsigned le16(const uint8_t *p)
{
	return p[0] | (unsigned)p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static int16_t from_ulaw(uint8_t octet)
{
	int magnitude, code = (uint8_t)~octet;

	magnitude = (((code & 15) << 3) + 132) << ((code >> 4) & 7);
	return (int16_t)(code & 0x80 ? 132 - magnitude : magnitude - 132);
}

static int16_t from_alaw(uint8_t octet)
{
	int code = octet ^ 0x55, segment = (code >> 4) & 7;
	int magnitude = ((code & 15) << 4) + 8;

	if (segment)
		magnitude = (magnitude + 256) << (segment - 1);
	return (int16_t)(code & 0x80 ? magnitude : -magnitude);
}

static int slurp(const char *path, uint8_t **data, size_t *size)
{
	uint8_t *grown, *buffer = NULL;
	size_t got, room = 0, used = 0;
	FILE *f = fopen(path, "rb");
	int rc = 0;

	if (!f)
		return -errno;
	do {
		if (used == room) {
			room = room ? room * 2 : 1 << 16;
			grown = realloc(buffer, room);
			if (!grown) {
				rc = -ENOMEM;
				goto out;
			}
			buffer = grown;
		}
		got = fread(buffer + used, 1, room - used, f);
		used += got;
	} while (got);
	if (ferror(f))
		rc = -EIO;
out:
	fclose(f);
	if (rc) {
		free(buffer);
		return rc;
	}
	*data = buffer;
	*size = used;
	return 0;
}

static int decode(struct wav *wav, const struct wav_format *format,
		  const uint8_t *data, size_t size)
{
	size_t i;

	wav->count = format->tag == FORMAT_LINEAR ? size / 2 : size;
	wav->rate = format->rate;
	wav->samples = malloc((wav->count + 1) * sizeof(int16_t));
	if (!wav->samples)
		return -ENOMEM;
	for (i = 0; i < wav->count; i++) {
		if (format->tag == FORMAT_LINEAR)
			wav->samples[i] = (int16_t)le16(data + 2 * i);
		else if (format->tag == FORMAT_ULAW)
			wav->samples[i] = from_ulaw(data[i]);
		else
			wav->samples[i] = from_alaw(data[i]);
	}
	return 0;
}

static bool format_known(const struct wav_format *format, const char **why)
{
	bool linear = format->tag == FORMAT_LINEAR;

	if (!linear && format->tag != FORMAT_ULAW && format->tag != FORMAT_ALAW)
		*why = "neither linear nor G.711";
	else if (format->bits != (linear ? 16 : 8))
		*why = "not 16 bits (linear) or 8 (G.711) a sample";
	else if (format->channels != 1)
		*why = "not mono";
	else if (!format->rate)
		*why = "no sample rate";
	else
		return true;
	return false;
}

static int parse(struct wav *wav, const uint8_t *p, size_t size, const char **why)
{
	struct wav_format format = { 0 };
	size_t at = 12, length;

	*why = "not a WAV file";
	if (size < 12 || memcmp(p, "RIFF", 4) || memcmp(p + 8, "WAVE", 4))
		return -EINVAL;
	while (at + 8 <= size) {
		length = le32(p + at + 4);
		if (!memcmp(p + at, "data", 4)) {
			if (!format_known(&format, why))
				return -EINVAL;
			at += 8;
			if (!length || length > size - at)
				length = size - at;
			return decode(wav, &format, p + at, length);
		}
		if (length > size - at - 8)
			break;
		if (!memcmp(p + at, "fmt ", 4) && length >= 16) {
			format.tag = le16(p + at + 8);
			format.channels = le16(p + at + 10);
			format.rate = le32(p + at + 12);
			format.bits = le16(p + at + 22);
		}
		at += 8 + length + (length & 1);
	}
	*why = "no sound in the file";
	return -EINVAL;
}

int wav_read(struct wav *wav, const char *path, bool raw_ulaw, const char **why)
{
	static const struct wav_format raw = { FORMAT_ULAW, 1, 8000, 8 };
	uint8_t *data = NULL;
	size_t size = 0;
	int rc;

	memset(wav, 0, sizeof(*wav));
	rc = slurp(path, &data, &size);
	if (rc) {
		*why = strerror(-rc);
		return rc;
	}
	rc = raw_ulaw ? decode(wav, &raw, data, size) :
			parse(wav, data, size, why);
	free(data);
	return rc;
}

static void put_le(uint8_t *p, uint32_t value, size_t octets)
{
	while (octets--) {
		*p++ = (uint8_t)value;
		value >>= 8;
	}
}

int wav_write(const struct wav *wav, const char *path)
{
	uint8_t head[44] = "RIFF....WAVEfmt ....................data";
	uint32_t size = (uint32_t)wav->count * 2;
	uint8_t sample[2];
	FILE *f = fopen(path, "wb");
	size_t i;
	int rc = 0;

	if (!f)
		return -errno;
	put_le(head + 4, size + 36, 4);
	put_le(head + 16, 16, 4);
	put_le(head + 20, FORMAT_LINEAR, 2);
	put_le(head + 22, 1, 2);
	put_le(head + 24, wav->rate, 4);
	put_le(head + 28, wav->rate * 2, 4);
	put_le(head + 32, 2, 2);
	put_le(head + 34, 16, 2);
	put_le(head + 40, size, 4);
	fwrite(head, 1, sizeof(head), f);
	for (i = 0; i < wav->count; i++) {
		put_le(sample, (uint16_t)wav->samples[i], 2);
		fwrite(sample, 1, 2, f);
	}
	if (ferror(f))
		rc = -EIO;
	if (fclose(f) && !rc)
		rc = -errno;
	return rc;
}

void wav_free(struct wav *wav)
{
	free(wav->samples);
	wav->samples = NULL;
	wav->count = 0;
}

double wav_level(const int16_t *samples, size_t count)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < count; i++)
		sum += (double)samples[i] * samples[i];
	if (!count || sum <= 0)
		return -99;
	/* A sine of peak 32768 has half its peak's square as power. */
	return 10 * log10(2 * sum / (double)count / (32768.0 * 32768.0)) + 3.14;
}
