/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * room.h - what the files of ops share, private to it.
 */
#ifndef OPS_ROOM_H
#define OPS_ROOM_H

#include <jansson.h>

#include "core/box.h"
#include "ops/cdr.h"
#include "ops/control.h"
#include "ops/learned.h"
#include "ops/ops.h"
#include "ops/show.h"

struct ops {
	struct loop *loop;
	struct box *box;
	const struct config *conf;
	struct ops_source source;
	int64_t (*wall_clock)(void);
	struct control *control;
	struct cdr *cdr;
	struct learned *learned;
	struct list_head measures;	/* clients that wait for one */
	int64_t started;		/* wall clock, ms */
	int64_t reloaded;		/* the last good reload, 0 none */
	unsigned long calls_ended, calls_answered;
	json_t *ended;			/* what the last calls ended by, oldest first */
};

struct show_clock ops_clock(const struct ops *);
json_t *ops_show_trunk(const struct ops *, const struct trunk *);

/* Answers a request of the control socket; arg: struct ops. */
control_fn ops_request;

/* measure.c */
json_t *ops_measure(struct ops *, struct client *, const json_t *request);
void ops_measured(struct ops *, const struct line *, const struct measurement *);
control_gone_fn ops_measure_gone;	/* arg: struct ops */
void ops_measures_free(struct ops *);

#endif
