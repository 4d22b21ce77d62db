/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * channel_state.h - where a B channel stands between calls. Whether it may be
 * used is more than that: channel_usable().
 */
#ifndef ISDN_CHANNEL_STATE_H
#define ISDN_CHANNEL_STATE_H

#include "base/fsm.h"

enum channel_state { CHANNEL_NONE, CHANNEL_FREE, CHANNEL_USED, CHANNEL_RESTARTING };

enum channel_event {
	CHANNEL_OPEN,		/* the span has it */
	CHANNEL_CLOSE,
	CHANNEL_TAKE,		/* a call has it */
	CHANNEL_GIVE,
	CHANNEL_RESTART,	/* the far end is asked to put it back to idle */
	CHANNEL_RESTARTED,	/* it has, or did so by itself */
};

/* self is the machine. */
extern const struct fsm_type channel_type;

#endif
