/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/waiting.h"

#include <string.h>

#include "pbx/spectrum.h"

/* EN 300 659-2: tones of 75 ms are valid, the answer takes 65 ms. */
#define TONES_LEAST 6		/* blocks that are wholly CAS */
#define TONES_MOST 12
#define PAUSE (8 * 20)
#define ANSWER_MS 65
#define READING (8 * 2500)
#define EACH 0.2		/* of the power, at least */
#define BOTH 0.8
#define LEVEL (-32.0)		/* dBm0 */

bool waiting_init(struct waiting *w)
{
	memset(w, 0, sizeof(*w));
	w->dtmf = dtmf_tx_init(NULL);
	return w->dtmf;
}

void waiting_fini(struct waiting *w)
{
	if (w->dtmf)
		dtmf_tx_free(w->dtmf);
}

void waiting_reset(struct waiting *w)
{
	w->step = WAITING_LISTENS;
	w->fill = w->tones = 0;
}

static bool is_cas(const int16_t *s)
{
	double dbm0, low = spectrum_share(s, WAITING_BLOCK, 2130, &dbm0);
	double high = spectrum_share(s, WAITING_BLOCK, 2750, &dbm0);

	return dbm0 > LEVEL && low > EACH && high > EACH && low + high > BOTH;
}

bool waiting_hear(struct waiting *w, const int16_t *in, size_t n)
{
	bool ended = false;

	for (size_t i = 0; i < n; i++) {
		w->block[w->fill++] = in[i];
		if (w->fill < WAITING_BLOCK)
			continue;
		w->fill = 0;
		if (is_cas(w->block)) {
			w->tones++;
			continue;
		}
		if (w->tones >= TONES_LEAST && w->tones <= TONES_MOST)
			ended = true;
		w->tones = 0;
	}
	if (ended && w->digit && w->step == WAITING_LISTENS) {
		w->step = WAITING_PAUSES;
		w->left = PAUSE;
	}
	return ended;
}

/* Step by step, not to the sample: a block is 10 ms. */
bool waiting_say(struct waiting *w, int16_t *to, size_t n)
{
	if (w->step == WAITING_LISTENS)
		return false;
	memset(to, 0, n * sizeof(*to));
	if (w->step == WAITING_ANSWERS) {
		if ((size_t)dtmf_tx(w->dtmf, to, (int)n) < n) {
			w->step = WAITING_READS;
			w->left = READING;
		}
		return true;
	}
	w->left -= n < w->left ? (unsigned)n : w->left;
	if (w->left)
		return true;
	if (w->step == WAITING_READS) {
		w->step = WAITING_LISTENS;
		return true;
	}
	dtmf_tx_init(w->dtmf);
	dtmf_tx_set_timing(w->dtmf, ANSWER_MS, 20);
	dtmf_tx_put(w->dtmf, &w->digit, 1);
	w->step = WAITING_ANSWERS;
	return true;
}
