/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/line_waiting.h"

#include <string.h>

#include "media/line_end.h"

/* EN 300 659-2 clause 6: 80 to 85 ms of tones; the answer begins within 100 ms
 * and is awaited for 160. It is heard after 40 ms of it, and its way through
 * buffers on both sides takes time as well. */
#define CAS_MS 82
#define CAS_LEVEL (-150)	/* of each, GR-30 */
#define ACK_SAMPLES (8 * (160 + 100))
#define ACK_TO_DATA_MS 100	/* GR-30: 60 to 500 */

static const struct tone cas = {
	.segment = { { { 2130, 2750 }, CAS_MS, false } },
	.count = 1, .loop = 1, .level = CAS_LEVEL,
};

static void finish(struct line_end *l, bool told)
{
	struct media_event ev = { .type = MEDIA_CALLERID_SENT,
				  .sample = l->end.samples, .value = told };

	line_waiting_stop(l);
	end_emit(&l->end, &ev);
}

void line_waiting_start(struct line_end *l, const struct media_ring *call)
{
	line_waiting_stop(l);
	l->waiting.call = *call;
	l->waiting.state = WAITING_TONE;
	end_changed(&l->end);
}

void line_waiting_stop(struct line_end *l)
{
	struct line_waiting *w = &l->waiting;

	if (w->state == WAITING_NONE)
		return;
	if (w->state == WAITING_SEND)
		callerid_stop(l->sender);
	/* What is left of the answer is no digit of the call. */
	if (line_waiting_cuts(w))
		digits_reset(&l->end.listen.digits);
	w->state = WAITING_NONE;
	end_changed(&l->end);
}

/* A digit that is just being relayed ends here. */
static void cut(struct line_end *l)
{
	struct end *e = &l->end;
	struct digits *d = &e->listen.digits;

	if (d->current && e->listen.digits_wanted)
		dialler_close(&e->peer->dialler, digits_since(d) / 8);
	digits_reset(d);
}

void line_waiting_hear(struct line_end *l, const int16_t *s, size_t n)
{
	struct line_waiting *w = &l->waiting;
	const struct digits *d = &l->end.listen.digits;

	if (w->state != WAITING_ACK)
		return;
	digits_run(&l->end.listen.digits, s, n);
	for (unsigned i = 0; i < d->changes; i++) {
		char digit = d->change[i].digit;

		if (d->change[i].began || (digit != 'A' && digit != 'D'))
			continue;
		w->state = WAITING_SEND;
		if (callerid_send_talking(l->sender, &w->call.way, &w->call.from,
					  w->call.when, ACK_TO_DATA_MS))
			finish(l, false);
		return;
	}
	/* One that has begun in time may end. */
	w->left -= n < w->left ? (uint32_t)n : w->left;
	if (!w->left && !d->current)
		finish(l, false);
}

bool line_waiting_sound(struct line_end *l, int16_t *to, size_t n)
{
	struct line_waiting *w = &l->waiting;

	if (w->state == WAITING_TONE && !l->end.player.playing &&
	    !dialler_busy(&l->end.dialler)) {
		cut(l);
		player_start(&w->cas, &cas);
		w->state = WAITING_CAS;
	}
	if (!line_waiting_cuts(w))
		return false;
	memset(to, 0, n * sizeof(*to));
	if (w->state == WAITING_CAS && !player_run(&w->cas, to, n)) {
		w->state = WAITING_ACK;
		w->left = ACK_SAMPLES;
	} else if (w->state == WAITING_SEND && !callerid_sound(l->sender, to, n)) {
		finish(l, true);
	}
	return true;
}
