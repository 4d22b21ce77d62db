/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * group.h - ordered lines and the way to hunt a free one among them.
 */
#ifndef CORE_GROUP_H
#define CORE_GROUP_H

#include "base/list.h"
#include "config/config.h"
#include "tipring/trunk.h"

struct box;
struct line;

struct group {
	struct list_head node;		/* box->groups */
	const struct config_group *conf;/* NULL: gone from the configuration */
	struct limit limit;
	unsigned next;			/* circular: where to begin */
};

/* Makes the groups of box->conf; those that stay keep their counts. Groups
 * that are gone are freed when no call counts on them. -ENOMEM. */
int groups_configure(struct box *);
void groups_sweep(struct box *);
struct group *group_find(struct box *, const char *name);
bool group_has(const struct group *, const char *line);
/* The first one that has it, NULL: none. */
struct group *group_of(struct box *, const struct line *);

/* Why a hunt found nothing, from the least to the most hopeful. A line that
 * yields is measured, and takes a call when no other does. */
enum hunt_result { HUNT_NO_LINE, HUNT_ALL_DOWN, HUNT_ALL_BUSY, HUNT_GUARD,
		   HUNT_YIELDS, HUNT_FOUND };

/* Who hunts. */
struct hunter {
	bool emergency;			/* has lines that others may not have */
	const struct line *tried[16];	/* compared only; they failed this call */
	unsigned tried_count;
};

/* A free line of the group as its policy says. */
enum hunt_result group_hunt(struct group *, struct box *, const struct hunter *,
			    struct line **found);
/* The same for the lines that have this number, in the file's order. */
enum hunt_result number_hunt(struct box *, const char *number, const struct hunter *,
			     struct line **found);
/* And for one line. */
enum hunt_result line_hunt(struct line *, const struct hunter *);

#endif
