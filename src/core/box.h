/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * box.h - the whole of call control: lines, groups, trunks, routes, limits and
 * calls of one gateway. Pure: it talks to the world through media_ops, legs'
 * and trunks' operations and an observer, and knows the time from `timers`.
 * One thread.
 */
#ifndef CORE_BOX_H
#define CORE_BOX_H

#include "base/fsm.h"
#include "base/list.h"
#include "base/timer.h"
#include "config/config.h"
#include "tipring/leg.h"
#include "tipring/media.h"
#include "tipring/record.h"
#include "tipring/trunk.h"

struct fraud;
struct line;
struct measurement;

/* What others may want to know. Any may be NULL. The observer must not call
 * back into core from here. */
struct box_observer {
	void (*line_changed)(void *arg, const struct line *);
	void (*trunk_changed)(void *arg, const struct trunk *);
	void (*call_changed)(void *arg, const struct call_record *);
	void (*call_ended)(void *arg, const struct call_record *);
	/* At the end of box_measure(), also of one that was cut short. */
	void (*measured)(void *arg, const struct line *, const struct measurement *);
	void (*learned)(void *arg);	/* box->learned has changed */
};

struct box {
	const struct config *conf;
	struct media *media;
	struct timers *timers;
	struct fsm_queue queue;
	struct limit limit;
	struct list_head lines, groups, trunks, calls;
	struct list_head learned;	/* struct learn_line */
	uint64_t next_call_id;
	const struct box_observer *observer;
	void *observer_arg;
	bool shutting_down;
	int64_t (*wall_clock)(void);	/* s since 1970, for caller ID; NULL: 0 */
	/* core's own */
	struct list_head closing;	/* lines whose end the pump still holds */
	struct list_head reloads;	/* whose old configuration is still in use */
	struct list_head waiting;	/* emergency calls that wait for a circuit */
	void (*idle)(void *arg);	/* of box_shutdown */
	void *idle_arg;
	struct fraud *fraud;
	struct timer sweep;		/* looks whether a reload or shutdown is done */
};

/* NULL when out of memory. conf, media and timers must outlive the box. */
struct box *box_new(const struct config *, struct timers *, struct media *);
/* Gives the lines' ends back to media. Each line lives on for the MEDIA_FREED
 * of its end when that comes; ends whose pump has stopped are forgotten with
 * the box. Legs that still have a call are released first. */
void box_free(struct box *);
void box_observe(struct box *, const struct box_observer *, void *arg);

/* A line of the configuration. The end is made by the caller with
 * line_media_event and the line as owner: hence two steps. NULL when out of
 * memory. A line without an end is out of service with line_set_fault's words. */
struct line *box_line_new(struct box *, const struct config_line *);
/* May be called again for a line without an end, when its port has come. */
void line_set_end(struct line *, struct media_end *);
void line_set_fault(struct line *, const char *why);
/* Takes the end of a line that is out of service away; the caller frees it.
 * False: there is none, or a call still uses it. */
bool line_drop_end(struct line *);
media_event_fn line_media_event;	/* owner: struct line */

void box_trunk_add(struct box *, struct trunk *);
void box_trunk_remove(struct box *, struct trunk *);

/* ------------------------------------------------ what an operator may do */

/* Takes a line, or a circuit of a trunk (a span's B channel: "pbx.b3"), out of
 * service: now when idle, else with its call's end. */
int box_busy_out(struct box *, const char *line);	/* -ENOENT */
int box_return(struct box *, const char *line);
/* Forgets what was learned of a line; -ENOENT: nothing was. */
int box_forget(struct box *, const char *line);
/* Ends one call; -ENOENT. */
int box_hangup(struct box *, uint64_t call_id);
/* what: "box", "trunk:NAME" or "group:NAME"; direction: 0 both, 'i', 'o';
 * max -1: none. Cuts nothing. */
int box_set_limit(struct box *, const char *what, char direction, int max);

/* What a trunk tells of a mailbox: FXS lines that have it show so. How many lines
 * that are. */
struct messages {
	bool waiting;
	unsigned fresh, old;	/* spoken ones; both 0: not told, or none */
};
unsigned box_messages(struct box *, const char *trunk, const char *mailbox,
		      const struct messages *);

/* ------------------------------------------------------ reload and the end */

/* Takes a new configuration, calls that run keep theirs. Lines and groups that
 * are gone or changed are retired with their last call; done(arg) is called when
 * nothing uses the old configuration any more. New and changed lines are made
 * through line_added, which shall give them an end. The gateway has added
 * trunks and drained old ones before. */
struct box_reload {
	const struct config *conf;
	void (*line_added)(void *arg, struct line *);
	void (*done)(void *arg, const struct config *old);
	void *arg;
};
int box_reload(struct box *, const struct box_reload *);

/* Ends every call and puts every line on hook. idle(arg) is called when all
 * is quiet. */
void box_shutdown(struct box *, void (*idle)(void *arg), void *arg);

/* ------------------------------------------------------------ for showing */

struct line_info {
	const char *name, *port, *group;	/* group: the first one, "" none */
	enum port_kind kind;
	const char *state;	/* "idle", "ringing", "talking", "out of service" ... */
	char why[192];		/* out of service: the reason */
	bool busied_out, in_service;
	const char *number, *trunk;
	uint64_t call_id;	/* 0 none */
	unsigned calls_in, calls_out, failed;
	uint64_t since;		/* ms, when it came to this state */
	bool messages_known;	/* somebody has told of its mailbox */
	struct messages messages;
};

void line_get_info(const struct line *, struct line_info *);
struct media_end *line_end(const struct line *);
void box_each_line(struct box *, void (*)(void *, const struct line *), void *);
void box_each_call(struct box *, void (*)(void *, const struct call_record *), void *);
void box_each_trunk(struct box *, void (*)(void *, const struct trunk *), void *);

struct group_info {
	const char *name, *hunt;
	const struct limit *limit;
	unsigned lines, idle, in_service;
};
void box_each_group(struct box *, void (*)(void *, const struct group_info *), void *);

#endif
