/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_waiting.h - caller ID of a call that waits, to a telephone that talks
 * (GR-575, EN 300 659-2, SIN 227): behind the call-waiting tone goes CAS, which
 * is ETSI's DT-AS; a telephone that knows it answers by a digit and is told.
 *
 *   NONE --call_waiting--> TONE --it is out--> CAS --> ACK --A or D--> SEND
 *                                                       |               |
 *                                  no digit: NONE <-----+---- all is out
 *
 * From CAS on the far end hears nothing of the line, and the line nothing of the
 * far end. Every hook event, and a change of the voice path, ends it.
 */
#ifndef MEDIA_LINE_WAITING_H
#define MEDIA_LINE_WAITING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/player.h"
#include "tipring/media.h"

struct line_end;

enum waiting_state { WAITING_NONE, WAITING_TONE, WAITING_CAS, WAITING_ACK,
		     WAITING_SEND };

struct line_waiting {
	enum waiting_state state;
	uint32_t left;			/* ACK: samples that it may still take */
	struct player cas;
	struct media_ring call;		/* who is announced */
};

void line_waiting_start(struct line_end *, const struct media_ring *);
void line_waiting_stop(struct line_end *);

/* Whether the two talkers are cut off from each other. */
static inline bool line_waiting_cuts(const struct line_waiting *w)
{
	return w->state > WAITING_TONE;
}

/* n samples from the line, while it cuts. */
void line_waiting_hear(struct line_end *, const int16_t *, size_t n);
/* Fills n samples towards the line; false: it has nothing to say. */
bool line_waiting_sound(struct line_end *, int16_t *, size_t n);

#endif
