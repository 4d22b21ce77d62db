/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * route.h - where a call goes. The first of these that applies:
 *
 *   an emergency number     to emergency.via, else as an ordinary call would
 *   a route of the file     the first whose from, called and calling match; with
 *                           next_route further ones after it
 *   from a trunk            to the lines whose number is the called one
 *   any                     to the span that has the number
 *   from a span             to the trunk that its calls_to names
 *   from a line             to the line's trunk
 *
 * A trunk group stands for its trunks, in their order or in one drawn by their
 * weights for each call.
 *
 * Names in a plan belong to the configuration it was made from.
 */
#ifndef CORE_ROUTE_H
#define CORE_ROUTE_H

#include "config/config.h"
#include "tipring/leg.h"

struct box;
struct line;
struct trunk;

enum target_kind { TARGET_TRUNK, TARGET_GROUP, TARGET_LINE, TARGET_NUMBER };

struct target {
	enum target_kind kind;
	const char *name;	/* TARGET_NUMBER: the number */
};

#define PLAN_TARGETS 32

struct plan {
	struct target target[PLAN_TARGETS];
	unsigned count;
	const struct config_route *route;	/* NULL: without one */
	char called[PARTY_NUMBER_SIZE];	/* rewritten; the same for all targets */
	struct party calling;
	bool emergency;
};

/* trunk and line: where the call comes from, one of them NULL. 0, or -ENOENT
 * and *refused says why there is no way. */
int route_plan(struct box *, const struct trunk *, const struct line *,
	       const struct leg_offer *, struct plan *, struct release *refused);

/* Another plan for a call whose plan has failed, by a further route: where that
 * one allows it. As above. */
int route_plan_next(struct box *, const struct trunk *, const struct line *,
		    const struct leg_offer *, struct plan *, struct release *refused);

/* After a failure with this cause: are others to be tried? */
bool route_goes_on(const struct plan *, enum cause);

bool route_is_from(struct box *, const struct config_route *, const struct trunk *,
		   const struct line *);

/* Is the number one of those that the span of that name has? */
bool route_is_number_of(const struct config *, const char *span, const char *called);

#endif
