/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * trunk.h - a provider, or a PRI span, as core sees it: something that takes
 * calls until its limit is reached or it is down. The room that speaks the
 * protocol embeds struct trunk and owns it.
 */
#ifndef TIPRING_TRUNK_H
#define TIPRING_TRUNK_H

#include <stdbool.h>

#include "base/list.h"
#include "tipring/leg.h"

struct config_line;
struct config_trunk;

/* Concurrent calls: the bounds and the present counts. -1: no bound. A bound
 * lowered under the count cuts nothing; it holds for new calls. */
struct limit {
	int max, max_in, max_out;
	int in, out;		/* now; in: from the trunk (or line) to us */
	unsigned refused;	/* calls over the limit so far */
	/* kbit/s in each direction; max_kbit 0: no bound */
	unsigned max_kbit, kbit;
	unsigned call_kbit;	/* that one more call is counted with */
};

struct trunk_ops {
	/* A new outgoing leg on this trunk for line `line` (its conf tells own
	 * credentials; NULL: none), NULL and errno on error. */
	struct leg *(*leg_new)(struct trunk *, const struct config_line *line);
	/* Takes one of its circuits out of service for new calls, or back; -ENOENT:
	 * it has none of that name. NULL: a trunk without circuits. */
	int (*busy_out)(struct trunk *, const char *circuit, bool out);
};

struct trunk {
	const char *name;
	const struct config_trunk *conf;
	const struct trunk_ops *ops;
	struct limit limit;
	bool up;
	char why_down[320];
	bool draining;		/* taken out by a reload, ends with its last call */
	struct list_head node;	/* core's: box->trunks */
	struct box *box;	/* core's */
};

/* The room says so when it changes; why: NULL when up. */
void trunk_set_up(struct trunk *, bool up, const char *why);

#endif
