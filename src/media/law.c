/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/law.h"

#include <stdlib.h>
#include <string.h>

int16_t law_from_ulaw[256], law_from_alaw[256];
uint8_t law_to_ulaw[16384], law_to_alaw[8192];

/* G.711 table 2: eight chords of sixteen steps, bias 33 on 14 bits. */
static int ulaw_value(uint8_t code)
{
	int c = (uint8_t)~code, chord = c >> 4 & 7, step = c & 15;
	int v = (((step << 1) + 33) << chord) - 33;

	return (c & 0x80 ? -v : v) * 4;
}

/* G.711 table 1: 13 bits, even bits inverted. */
static int alaw_value(uint8_t code)
{
	int c = code ^ 0x55, chord = c >> 4 & 7, step = c & 15;
	int v = chord ? ((step << 1) + 33) << (chord - 1) : (step << 1) + 1;

	return (c & 0x80 ? v : -v) * 8;
}

static uint8_t ulaw_code(int s)
{
	int sign = s < 0 ? 0x80 : 0, m = (abs(s) >> 2) + 33, chord = 0;

	if (m > 0x1fff)
		m = 0x1fff;
	while (m >> (chord + 6))
		chord++;
	return (uint8_t)~(sign | chord << 4 | (m >> (chord + 1) & 15));
}

static uint8_t alaw_code(int s)
{
	int sign = s < 0 ? 0 : 0x80, chord = 0;
	int m = (s < 0 ? -s - 1 : s) >> 3;	/* 13 bits: magnitude of 12 */

	if (m > 0xfff)
		m = 0xfff;
	while (m >> (chord + 5))
		chord++;
	return (uint8_t)((sign | chord << 4 |
			  (m >> (chord ? chord : 1) & 15)) ^ 0x55);
}

void law_init(void)
{
	for (int i = 0; i < 256; i++) {
		law_from_ulaw[i] = (int16_t)ulaw_value((uint8_t)i);
		law_from_alaw[i] = (int16_t)alaw_value((uint8_t)i);
	}
	law_from_ulaw[0x7f] = -1;	/* minus zero, see the header */
	for (int i = 0; i < 16384; i++)
		law_to_ulaw[i] = ulaw_code((int16_t)(i << 2 | (i & 0x2000 ? 3 : 0)));
	for (int i = 0; i < 8192; i++)
		law_to_alaw[i] = alaw_code((int16_t)(i << 3));
}

void law_decode(enum audio_format f, const void *from, int16_t *to, size_t n)
{
	const int16_t *table = f == AUDIO_ALAW ? law_from_alaw : law_from_ulaw;
	const uint8_t *in = from;

	if (f == AUDIO_LINEAR) {
		memcpy(to, from, n * sizeof(*to));
		return;
	}
	for (size_t i = 0; i < n; i++)
		to[i] = table[in[i]];
}

void law_encode(enum audio_format f, const int16_t *from, void *to, size_t n)
{
	uint8_t *out = to;

	switch (f) {
	case AUDIO_LINEAR:
		memcpy(to, from, n * sizeof(*from));
		return;
	case AUDIO_ALAW:
		for (size_t i = 0; i < n; i++)
			out[i] = law_alaw(from[i]);
		return;
	case AUDIO_MULAW:
		for (size_t i = 0; i < n; i++)
			out[i] = law_ulaw(from[i]);
		return;
	}
}
