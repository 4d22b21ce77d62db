/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * world.h - what surrounds core in a scenario: a clock that the script moves,
 * lines whose wires are words in the script, trunks whose messages are lines
 * of the trace. Everything that leaves core is printed with its time.
 */
#ifndef SCENARIO_WORLD_H
#define SCENARIO_WORLD_H

#include <stdio.h>

#include "core/box.h"
#include "core/fraud.h"

struct world {
	struct timers timers;
	struct box *box;
	struct media media;
	struct config *conf;
	struct list_head ends;		/* struct fake_end */
	struct list_head trunks;	/* struct fake_trunk */
	struct list_head legs;		/* struct fake_leg, also those that ended */
	struct list_head later;		/* what command.c still has to do */
	struct list_head old;		/* configurations that a reload replaced */
	unsigned leg_count;
	FILE *trace;
	bool idle;
	bool broken;			/* a fake saw what must never be */
};

/* ---------------------------------------------------------- media (lines) */

struct fake_end {
	struct media_end end;
	struct list_head node;
	struct world *world;
	char label[48];			/* "pbx-1", "s2" */
	media_event_fn *fn;
	void *owner;
	struct port_state state;
	int16_t tx_level;		/* what stats tells */
	enum media_probe probing;	/* PROBE_STOP: nothing */
	int impedance;			/* of the card */
	bool dead;			/* no loop current when seized */
	uint64_t dialled_at;		/* dial tone stops */
	bool freed;
	bool taken, rung;		/* as core told it */
	struct fake_end *joined;
	struct timer seized, dialled, closed, told;
};

extern const struct media_ops fake_media_ops;

struct fake_end *fake_end_new(struct world *, const char *label, media_event_fn *,
			      void *owner);
struct fake_end *fake_end_find(struct world *, const char *label);
void fake_end_event(struct fake_end *, struct media_event *);
void fake_line_event(struct fake_end *, enum line_event_type, int value);

/* What is measured comes out: noise, an echo, tones of so many Hz. */
int measure_probed(struct fake_end *, char **hz, int count);
void measure_start(struct world *, const char *line);

/* ------------------------------------------------------------- SIP trunks */

struct fake_trunk {
	struct trunk trunk;
	struct list_head node;
	struct world *world;
};

struct fake_leg {
	struct leg leg;
	struct list_head node;
	struct world *world;
	struct fake_end *end;
	char label[8];
	bool released;
};

struct fake_trunk *fake_trunk_new(struct world *, const struct config_trunk *);
struct fake_trunk *fake_trunk_find(struct world *, const char *name);
struct fake_leg *fake_leg_find(struct world *, const char *label);
struct fake_leg *fake_leg_new(struct world *, const char *trunk, bool events);
void fake_leg_gone(struct fake_leg *);
/* What the SIP room does with a REFER, and with an INVITE with Replaces. */
void fake_leg_refer(struct fake_leg *, const char *number);
void fake_leg_refer_to(struct fake_leg *, struct fake_leg *other);
void fake_leg_replace(struct fake_leg *);
/* What came of a REFER of ours; why: "" it was done. */
void fake_leg_handed_over(struct fake_leg *, const char *why);

/* ------------------------------------------------------------------ script */

void world_say(struct world *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
int world_open(struct world *, FILE *trace, const char *config_text);
int world_reload(struct world *, const char *config_text);
/* Ends everything; what is not as it should be is told in why: -1. */
int world_close(struct world *, char *why, size_t size);

/* One command of a script, at the world's present time. -EINVAL: unknown. */
int command_run(struct world *, char *text);
void command_forget(struct world *);	/* what was to happen later */

#endif
