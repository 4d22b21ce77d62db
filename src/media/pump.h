/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * pump.h - the voice thread. It waits for the lines' descriptors, its command
 * mailbox and, only when something must go on without a line's clock, a timer.
 * RTP sockets are not waited for: whoever needs a frame drains them.
 *
 * Within a turn: lines, timer, commands, then once a second the slow work. An
 * end is let go between turns only, so nothing in a turn points to a dead one.
 */
#ifndef MEDIA_PUMP_H
#define MEDIA_PUMP_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>

#include "base/list.h"
#include "base/mailbox.h"
#include "base/turn.h"
#include "media/end.h"
#include "media/inbox.h"

#define TICK_US 10000

/* Packets that are sent in one go: whoever receives them is woken once, and the
 * first has not waited long. */
#define PUMP_DUE 16

struct line_end;
struct rtp_end;

enum watch_kind { WATCH_LINE, WATCH_COMMANDS, WATCH_TIMER };

/* One descriptor in the pump's epoll set: a port's events, the audio of all
 * ports on it, or both. It lives in one of its users. */
struct watch {
	enum watch_kind kind;
	int fd;			/* -1: not in use */
	uint32_t mask;
	struct line_end *events;	/* NULL: none */
	uint32_t event_mask;
	struct list_head audio;	/* line ends, by audio_node */
	uint32_t audio_mask;
};

struct pump {
	struct mailbox *commands, *notices;
	int epoll_fd, timer_fd;
	struct watch command_watch, timer_watch;
	struct list_head lines, rtps;
	struct list_head paced;		/* RTP ends that the timer serves */
	struct list_head changed;	/* ends to settle */
	struct list_head owing;		/* ends with notices to be told */
	struct rtp_end *due[PUMP_DUE];	/* whose packet waits for rtp_send_due() */
	unsigned due_count;
	bool ticking;			/* the timer runs */
	bool stop;
	int64_t now_us, real_us;	/* of this turn: monotonic, wall clock */
	int64_t second_us;		/* when the slow work is due */
	int64_t audio_us;		/* of the last turn in which a line had audio */
	bool starts;			/* lines wait for such a turn to begin in it */
	struct inbox *inbox;		/* where packets are received */
	pthread_t thread;
	/* read by anybody */
	atomic_uint_fast64_t turns, events_lost;
	atomic_uint late;
	struct turns work;
	bool real_time;			/* set before the thread runs */
};

/* Makes all but the thread; NULL and errno. */
struct pump *pump_new(size_t events);
int pump_start(struct pump *, bool real_time);
void pump_stop(struct pump *);	/* from outside: ends and joins the thread */
void pump_free(struct pump *);

/* What changed within the turn takes effect here, where nobody walks a list. */
void pump_settle(struct pump *);

/* ---- watch.c: which descriptors a line wants now */
void watch_init(struct watch *, enum watch_kind);
/* Asks the driver; audio only while it is wanted. */
void watch_line(struct line_end *, bool audio);
void watch_drop(struct line_end *);

#endif
