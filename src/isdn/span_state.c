/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 *             OPENS            LINKS
 *   CLOSED ----------> DOWN <----------> UP            CLOSES: from each
 *                      ^  |   UNLINKS    ^ |           to CLOSED
 *               CLEARS |  | ALARMS       | |
 *                      |  v    LINKS     | v
 *                      ALARM <--------> ALARM LINKED
 *                             UNLINKS
 *
 * Only an up span takes new calls. Calls that talk outlive alarms and lost links
 * for as long as T309 says (Q.931 5.8.9); libpri watches that.
 */
#include "isdn/span_state.h"

static void on_event(void *self, int event, const void *data)
{
	static const unsigned next[][SPAN_UNLINKS + 1] = {
		[SPAN_CLOSED] = { [SPAN_OPENS] = SPAN_DOWN },
		[SPAN_ALARM] = {
			[SPAN_ALARMS] = SPAN_ALARM, [SPAN_CLEARS] = SPAN_DOWN,
			[SPAN_LINKS] = SPAN_ALARM_LINKED, [SPAN_UNLINKS] = SPAN_ALARM,
		},
		[SPAN_ALARM_LINKED] = {
			[SPAN_ALARMS] = SPAN_ALARM_LINKED, [SPAN_CLEARS] = SPAN_UP,
			[SPAN_LINKS] = SPAN_ALARM_LINKED, [SPAN_UNLINKS] = SPAN_ALARM,
		},
		[SPAN_DOWN] = {
			[SPAN_ALARMS] = SPAN_ALARM, [SPAN_CLEARS] = SPAN_DOWN,
			[SPAN_LINKS] = SPAN_UP, [SPAN_UNLINKS] = SPAN_DOWN,
		},
		[SPAN_UP] = {
			[SPAN_ALARMS] = SPAN_ALARM_LINKED, [SPAN_CLEARS] = SPAN_UP,
			[SPAN_LINKS] = SPAN_UP, [SPAN_UNLINKS] = SPAN_DOWN,
		},
	};
	struct fsm *f = self;

	fsm_go(f, next[f->state][event]);
}

#define RUNS (BIT(SPAN_CLOSES) | BIT(SPAN_ALARMS) | BIT(SPAN_CLEARS) | \
	      BIT(SPAN_LINKS) | BIT(SPAN_UNLINKS))

static const struct fsm_state states[] = {
	[SPAN_CLOSED] = {
		.name = "closed", .event = on_event,
		.accepts = BIT(SPAN_OPENS),
		.next = BIT(SPAN_DOWN),
	},
	[SPAN_ALARM] = {
		.name = "alarm", .event = on_event, .accepts = RUNS,
		.next = BIT(SPAN_CLOSED) | BIT(SPAN_ALARM) | BIT(SPAN_ALARM_LINKED) |
			BIT(SPAN_DOWN),
	},
	[SPAN_ALARM_LINKED] = {
		.name = "alarm, linked", .event = on_event, .accepts = RUNS,
		.next = BIT(SPAN_CLOSED) | BIT(SPAN_ALARM) | BIT(SPAN_ALARM_LINKED) |
			BIT(SPAN_UP),
	},
	[SPAN_DOWN] = {
		.name = "down", .event = on_event, .accepts = RUNS,
		.next = BIT(SPAN_CLOSED) | BIT(SPAN_ALARM) | BIT(SPAN_DOWN) |
			BIT(SPAN_UP),
	},
	[SPAN_UP] = {
		.name = "up", .event = on_event, .accepts = RUNS,
		.next = BIT(SPAN_CLOSED) | BIT(SPAN_ALARM_LINKED) | BIT(SPAN_DOWN) |
			BIT(SPAN_UP),
	},
};

static const char *const events[] = {
	"opens", "closes", "alarms", "clears", "links", "unlinks",
};

const struct fsm_type span_type = {
	"span", states, events, sizeof(states) / sizeof(states[0]),
	sizeof(events) / sizeof(events[0]),
};
