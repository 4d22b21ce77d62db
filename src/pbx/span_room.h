/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* span_room.h - what span.c and span_call.c share. */
#ifndef PBX_SPAN_ROOM_H
#define PBX_SPAN_ROOM_H

#include <libpri.h>

#include "pbx/line.h"
#include "pbx/span.h"
#include "tipring/dchannel.h"

struct pbx_span {
	struct pbx *pbx;
	char name[PORT_NAME_SIZE];
	int role, type;			/* libpri's */
	const struct line_driver *driver;
	const struct dchannel_ops *ops;
	struct dchannel_conf conf;
	struct dchannel_shape shape;
	struct dchannel *d;		/* NULL: taken away */
	struct pri *pri;		/* NULL: there was no wire yet */
	struct loop_watch *watch;
	struct timer timer;		/* libpri's next */
	enum port_alarm alarm;
	bool read;			/* a frame was read */
	bool up;			/* Q.921 has a link */
	/* Our call whose channel the network's has taken, and where it was. */
	q931_call *displaced;
	struct pbx_line *displaced_from;
	struct pbx_line *line[DCHANNEL_SLOTS + 1];	/* by slot; NULL: no B
							   channel */
	unsigned first;			/* slot of the first line */
};

/* libpri was called: its timers. */
void span_turn(struct pbx_span *);
void span_call_event(struct pbx_span *, const pri_event *);
struct pbx_line *span_line_at(struct pbx_span *, int channel);	/* NULL */
void span_begin(struct pbx_line *, q931_call *, enum line_state);
void span_end(struct pbx_line *);
/* span_hold.c: what becomes of HOLD, RETRIEVE and held calls. */
/* done: it is on hold, else cause. */
void span_parked(struct pbx_line *, bool done, int cause);
void span_hold_event(struct pbx_span *, const pri_event *);
void span_held_gone(struct pbx_span *, const q931_call *, int cause);
/* The gateway restarts a channel; -1: all. */
void span_restarted(struct pbx_span *, int channel);

#endif
