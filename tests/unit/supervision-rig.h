/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * supervision-rig.h - an off-hook line's ears without the line: media's
 * listener feeds core's supervision, as fast as samples come. And what they
 * may hear: recordings of Debian's packages, a synthetic voice, line noise.
 */
#ifndef TESTS_SUPERVISION_RIG_H
#define TESTS_SUPERVISION_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/supervision.h"
#include "media/listen.h"

#define RIG_SPEECH_PACKAGE "asterisk-core-sounds-en-wav"
#define RIG_MUSIC_PACKAGE "asterisk-moh-opsound-wav"

struct ears {
	struct listen listen;
	struct supervision supervision;
	uint64_t sample;
	const struct country *country;
	/* The first verdict that ends a call, and when; HEARD_NOTHING: none. */
	enum heard heard;
	uint64_t heard_at;
	char words[96];
	unsigned voices, tones, ringbacks;
	uint64_t speech_ms;
	unsigned nearest;	/* sounds in a row of one that ends a call */
	bool trace;			/* print every fact */
};

void ears_open(struct ears *, const struct country *);
void ears_close(struct ears *);
/* As line_end does, in frames of 10 ms; n a multiple of 80. Stops at the first
 * verdict and tells how many samples it took. */
size_t ears_hear(struct ears *, const int16_t *, size_t n);
void ears_again(struct ears *);		/* forgets, and goes on */

/* Whole recording sessions, coded as mu-law. */
struct recording {
	int16_t *pcm;
	size_t n;
	struct piece { size_t at; char name[64]; } *piece;
	size_t pieces, speech_n, music_n;
};

/* `seconds` of sound from different files of speech and music in turn, pauses
 * of 0.2 to 2 s of line noise between not counted; a file comes again only when all have
 * been heard, softer then and in another order. False: a package is absent,
 * which is *missing. */
bool recording_make(struct recording *, unsigned seconds, const char **missing);
void recording_free(struct recording *);
const char *recording_at(const struct recording *, size_t at);

/* Adds white noise of that level, 0.1 dBm0. */
void rig_noise(int16_t *, size_t n, int level, uint32_t seed);
/* A voice with pitch, formants, syllables and pauses; about -19 dBm0. */
void rig_voice(int16_t *, size_t n, uint32_t seed);
void rig_ulaw(int16_t *, size_t n);	/* there and back */

#endif
