/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fraud_room.h - what the guard's own files share: what it remembers.
 */
#ifndef CORE_FRAUD_ROOM_H
#define CORE_FRAUD_ROOM_H

#include "core/fraud.h"

#define FRAUD_KNOWN 256		/* numbers abroad that are remembered */

struct fraud {
	struct list_head meters;
	struct fraud_refusal refusal[FRAUD_REFUSALS];
	unsigned next_refusal;
	uint64_t refused;
	struct {
		uint32_t number;	/* a hash */
		int64_t since;		/* s, the first call; 0: free */
	} known[FRAUD_KNOWN];
	unsigned next_known;
	int64_t alarm;			/* s, when it began; 0: none */
	char alarm_text[256];
};

int64_t fraud_now(const struct box *);	/* s since 1970 */
bool fraud_is_limited(const struct config_fraud *);
/* By ended calls and those that last. */
void fraud_used_by(struct box *, const char *kind, const char *name,
		   struct fraud_used *);
/* For the alarm on bursts. */
void fraud_note_destination(struct call *, const struct fraud_number *);
void fraud_note_refusal(struct call *, const char *to, const char *number,
			const char *why);

#endif
