/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What a port should not do is counted as it comes; here, once a second, counters
 * that have grown are told: once, until they have rested. */
#include "media/line_end.h"

#define REST_US 60000000
#define STORM 100		/* events within a second: no line does that */

/* In a storm there may be no room for the news of it: then they wait. */
static bool tell(struct line_end *l, enum trouble what, unsigned count)
{
	struct end *e = &l->end;
	unsigned lost = stat_get(e->stats.events_lost);
	struct media_event ev = { .type = MEDIA_TROUBLE };

	ev.trouble.what = what;
	ev.trouble.count = count;
	if (e->owed)
		return false;
	end_emit(e, &ev);
	return stat_get(e->stats.events_lost) == lost;
}

static void look(struct line_end *l, enum trouble what, unsigned count,
		 unsigned least)
{
	struct trouble_watch *w = &l->trouble[what];
	unsigned grown = count - w->seen;
	int64_t now = l->end.pump->now_us;

	w->seen = count;
	if (grown >= least) {
		if (!w->at_us || now - w->at_us > REST_US)
			w->due = what == TROUBLE_STORM ? grown : count;
		w->at_us = now;
	}
	if (w->due && tell(l, what, w->due))
		w->due = 0;
}

void line_trouble(struct line_end *l)
{
	const struct end_stats *s = &l->end.stats;

	look(l, TROUBLE_SHORT_READS, stat_get(s->overruns), 1);
	look(l, TROUBLE_STORM, stat_get(s->events), STORM);
	look(l, TROUBLE_LOST_EVENTS, stat_get(s->events_lost), 1);
}
