/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * call_hand_over.c - a call that leaves the box: a line has connected two far
 * ends on one trunk, and the trunk shall connect them itself. Until it says that
 * it has, and when it cannot, they talk through us.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/call.h"

void call_hand_over(struct call *call, struct leg *leg)
{
	struct leg *other = call->leg[leg->outgoing ? SIDE_A : SIDE_B];

	if (!other || !call->trunk[SIDE_A] ||
	    call->trunk[SIDE_A] != call->trunk[SIDE_B] || !leg->ops->hand_over ||
	    leg->ops->hand_over(leg, other))
		return;
	log_info("call %s: trunk %s is asked to connect its two far ends itself",
		 call->id, call->trunk[SIDE_A]->name);
}

static void note(struct call *call, const char *what, const char *why)
{
	char *text = call->record.transferred;
	size_t used = strlen(text);

	snprintf(text + used, sizeof(call->record.transferred) - used, ", %s%s%.80s",
		 what, *why ? ": " : "", why);
}

void leg_handed_over(struct leg *leg, const struct release *failed)
{
	struct call *call = leg->call;

	if (!call)
		return;
	if (failed) {
		log_info("call %s: %s does not connect its far ends itself, they stay "
			 "connected here: %s", call->id, leg->name, failed->why);
		note(call, "not handed over", failed->why);
		return;
	}
	note(call, "handed over to its trunk", "");
	call_post(call, C_HANDED_OVER);
}
