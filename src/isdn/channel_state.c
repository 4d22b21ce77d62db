/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 *            OPEN           TAKE
 *   NONE -----------> FREE ------> USED
 *     ^               ^  |  <------  |
 *     |     RESTARTED |  |   GIVE    |
 *     |               |  `- RESTART -+
 *     |               |        v
 *     `- CLOSE        `--- RESTARTING
 *        from each
 */
#include "isdn/channel_state.h"

static void on_event(void *self, int event, const void *data)
{
	static const unsigned next[] = {
		[CHANNEL_OPEN] = CHANNEL_FREE,
		[CHANNEL_CLOSE] = CHANNEL_NONE,
		[CHANNEL_TAKE] = CHANNEL_USED,
		[CHANNEL_GIVE] = CHANNEL_FREE,
		[CHANNEL_RESTART] = CHANNEL_RESTARTING,
		[CHANNEL_RESTARTED] = CHANNEL_FREE,
	};

	fsm_go(self, next[event]);
}

static const struct fsm_state states[] = {
	[CHANNEL_NONE] = {
		.name = "none", .event = on_event,
		.accepts = BIT(CHANNEL_OPEN),
		.next = BIT(CHANNEL_FREE),
	},
	[CHANNEL_FREE] = {
		.name = "free", .event = on_event,
		.accepts = BIT(CHANNEL_TAKE) | BIT(CHANNEL_RESTART) | BIT(CHANNEL_CLOSE),
		.next = BIT(CHANNEL_USED) | BIT(CHANNEL_RESTARTING) | BIT(CHANNEL_NONE),
	},
	[CHANNEL_USED] = {
		.name = "used", .event = on_event,
		.accepts = BIT(CHANNEL_GIVE) | BIT(CHANNEL_RESTART) | BIT(CHANNEL_CLOSE),
		.next = BIT(CHANNEL_FREE) | BIT(CHANNEL_RESTARTING) | BIT(CHANNEL_NONE),
	},
	[CHANNEL_RESTARTING] = {
		.name = "restarting", .event = on_event,
		.accepts = BIT(CHANNEL_RESTARTED) | BIT(CHANNEL_CLOSE),
		.next = BIT(CHANNEL_FREE) | BIT(CHANNEL_NONE),
	},
};

static const char *const events[] = {
	"open", "close", "take", "give", "restart", "restarted",
};

const struct fsm_type channel_type = {
	"channel", states, events, sizeof(states) / sizeof(states[0]),
	sizeof(events) / sizeof(events[0]),
};
