/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * span_state.h - where a span stands: its signal, and the link of Q.921 on its D
 * channel, which outlives a short alarm.
 */
#ifndef ISDN_SPAN_STATE_H
#define ISDN_SPAN_STATE_H

#include "base/fsm.h"

enum span_state { SPAN_CLOSED, SPAN_ALARM, SPAN_ALARM_LINKED, SPAN_DOWN, SPAN_UP };

enum span_event {
	SPAN_OPENS,		/* its D channel is open */
	SPAN_CLOSES,
	SPAN_ALARMS,		/* one, or another one */
	SPAN_CLEARS,		/* there is no alarm */
	SPAN_LINKS,		/* Q.921 has a link */
	SPAN_UNLINKS,
};

/* self is the machine. */
extern const struct fsm_type span_type;

#endif
