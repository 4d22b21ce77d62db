/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * supervision.h - judges what an FXO line hears: which tone it is, by
 * frequency and cadence (ITU-T E.180), and whether somebody has answered.
 * Pure; fed with media events, it keeps only what it needs to compare.
 */
#ifndef CORE_SUPERVISION_H
#define CORE_SUPERVISION_H

#include <stddef.h>
#include <stdint.h>

#include "tipring/media.h"
#include "tipring/tone.h"

enum heard {
	HEARD_NOTHING,		/* no verdict from this */
	HEARD_DIAL,		/* the exchange waits for digits */
	HEARD_RINGBACK,
	HEARD_BUSY,
	HEARD_CONGESTION,
	HEARD_SIT,
	HEARD_HOWLER,
	HEARD_VOICE,		/* somebody speaks who was called */
	HEARD_FAX,		/* an answering fax or modem, 2100 Hz */
};

/* How far one tone of the plan has been heard. */
struct tone_watch {
	uint8_t count;		/* segments in a row that fit */
	uint8_t next;		/* which one must come now */
};

/* A tone that means the far end has gone on one line alone. */
struct own_tone {
	const char *name;
	struct tone tone;
	struct tone_watch watch;
};

#define SUPERVISION_OWN 5

struct supervision {
	const struct tone *plan;	/* TONE_COUNT of them */
	struct tone_watch watch[TONE_COUNT];
	struct own_tone own[SUPERVISION_OWN];
	unsigned owns;
	unsigned answer_speech_ms;
	uint32_t speech_ms;		/* since the last tone */
	uint64_t speech_end;		/* sample; spans may overlap */
	bool sit_blocked;		/* SIT says no circuit, or reorder */
	bool rang;			/* ringback was heard */
	bool dial_said;			/* this stretch of dial tone was told */
};

void supervision_start(struct supervision *, const struct tone plan[TONE_COUNT],
		       unsigned answer_speech_ms);

/* One more tone that counts as busy tone; name: how the proof calls it. */
void supervision_own(struct supervision *, const char *name, const struct tone *);

/* Whether the plan has that tone already. */
bool supervision_knows(const struct tone plan[TONE_COUNT], const struct tone *);

/* words: the proof, "busy tone 480+620 Hz 0.50/0.50 s, 3 cycles"; confidence:
 * per cent, for HEARD_VOICE and HEARD_FAX. */
enum heard supervision_hear(struct supervision *, const struct media_event *,
			    char *words, size_t size, unsigned *confidence);

/* Without a further ring for so many ms, ringback has stopped. */
uint64_t supervision_ringback_ms(const struct supervision *);

/* Before dialling any stretch of dial tone of 250 ms is one. */
bool supervision_is_dial(const struct tone plan[TONE_COUNT], const struct media_event *);

#endif
