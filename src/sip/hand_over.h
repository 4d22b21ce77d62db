/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * hand_over.h - a REFER of ours: two calls of a trunk that we have connected go
 * on without us (RFC 3515, 3891; RFC 5589 section 7).
 */
#ifndef SIP_HAND_OVER_H
#define SIP_HAND_OVER_H

#include <stdbool.h>

#include <sofia-sip/sip.h>

#include "base/timer.h"
#include "tipring/leg.h"

struct happening;
struct trunk_leg;

/*
 *                      .-- refused ---.
 *                      |              v
 *  NONE -> WANTED -> SENT -> ACCEPTED -> OVER: done, or failed
 *                                |         ^
 *                 no word in time `-> LATE -' it may still be done
 * NOTIFY may come before the answer to REFER.
 */
enum hand_over_state {
	HAND_OVER_NONE,
	HAND_OVER_WANTED,	/* when our re-INVITE is answered */
	HAND_OVER_SENT,
	HAND_OVER_ACCEPTED,
	HAND_OVER_LATE,
	HAND_OVER_OVER,		/* for good: it is not asked again */
};

struct hand_over {
	enum hand_over_state state;
	struct timer timer;
	char *refer_to;		/* WANTED */
	char id[16];		/* of its event: our CSeq */
	char target[256];	/* where the far end is to be reached, as it said */
	bool refuses;		/* its Allow has no REFER */
	unsigned challenged;
};

/* Learns from a message of the far end where it is, and whether it takes REFER. */
void hand_over_peer(struct hand_over *, const sip_t *);
/* leg_ops.hand_over */
int hand_over(struct leg *, struct leg *other);
/* Our re-INVITE is answered: what waits for that is sent. */
void hand_over_go(struct trunk_leg *);
/* The answer to REFER, and what NOTIFY says of it. */
void hand_over_response(struct trunk_leg *, const struct happening *);
void hand_over_notified(struct trunk_leg *, const struct happening *);
/* The far end ends a call: which is what a REFER to its partner has it do. */
void hand_over_ended(struct trunk_leg *);
void hand_over_forget(struct hand_over *);

#endif
