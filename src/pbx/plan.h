/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * plan.h - what an exchange line does with the digits it collects.
 *
 * A pattern: digits, * and #; x is any digit; a last '.' any further ones.
 */
#ifndef PBX_PLAN_H
#define PBX_PLAN_H

#include <stdbool.h>

#define PLAN_ENTRIES 32

enum plan_action { PLAN_ANSWER, PLAN_RING, PLAN_BUSY, PLAN_CONGESTION, PLAN_SIT,
		   PLAN_SILENCE };

struct plan_entry {
	char pattern[32];
	enum plan_action action;
	double after;		/* s of ringback before it answers */
	bool reverse;		/* with polarity reversal */
	char file[256];		/* played on answer; "" nothing */
};

struct plan {
	struct plan_entry entry[PLAN_ENTRIES];
	unsigned count;
};

/* Adds, or replaces one with the same pattern. -EINVAL: no pattern, -ENOSPC. */
int plan_add(struct plan *, const struct plan_entry *);

enum plan_match { PLAN_NO, PLAN_MORE, PLAN_COMPLETE };
/* MORE: further digits may make or change a match. *entry: the one that the
 * digits match by now, or NULL. */
enum plan_match plan_find(const struct plan *, const char *digits,
			  const struct plan_entry **entry);

#endif
