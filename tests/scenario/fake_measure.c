/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* fake_measure.c - a line that is measured: figures come when the script says. */
#include <errno.h>
#include <stdlib.h>

#include "core/measure.h"
#include "world.h"

int measure_probed(struct fake_end *e, char **hz, int count)
{
	struct media_event event = { .type = MEDIA_PROBED };
	struct media_probed *p = &event.probed;

	if (!e->probing)
		return -EINVAL;
	p->what = e->probing;
	e->probing = PROBE_STOP;
	p->level = p->psophometric = p->c_message = -650;
	p->hum = p->tone_level = PROBE_NOTHING;
	for (int i = 0; i < TONE_FREQUENCIES && i < count; i++) {
		p->tone[i] = (uint16_t)(atoi(hz[i]) * 10);
		p->tone_level = -130;
	}
	p->echo = true;
	p->erl = (int16_t)(150 + 10 * e->impedance);
	fake_end_event(e, &event);
	return 0;
}

void measure_start(struct world *w, const char *line)
{
	char why[256];

	if (box_measure(w->box, line, why, sizeof(why)))
		world_say(w, "measure %s: refused: %s", line, why);
}
