/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * pbx.h - tipring-pbx: a software PBX and exchange, the far end of lines. One
 * thread; everything happens in turns of a loop: events of ports, ticks of
 * their clock, commands.
 *
 * It shares no logic with the gateway, since it is what the gateway is tested
 * against: only the loop, the contract of line drivers and the table of
 * countries' tones.
 */
#ifndef PBX_PBX_H
#define PBX_PBX_H

#include "base/list.h"
#include "base/loop.h"
#include "config/config.h"
#include "pbx/model.h"
#include "tipring/driver.h"

#define PBX_LINES 256
#define PBX_SPANS 8
#define PBX_CLOCKS 16		/* audio descriptors; lines share them */
#define PBX_EVENTS 1024		/* remembered */
#define PBX_TEXT 80

struct pbx_line;
struct pbx_span;

enum pbx_event_type {
	EVENT_RING = 1,		/* phone: a burst begins */
	EVENT_OFF_HOOK,		/* exchange: the gateway seized or answered */
	EVENT_ON_HOOK,
	EVENT_DIGIT,		/* text: one digit */
	EVENT_CALLER,		/* text: number, more: name */
	EVENT_POLARITY,		/* text: reverse, normal */
	EVENT_BREAK,		/* value: ms */
	EVENT_FLASH,		/* value: ms */
	EVENT_SEIZED,		/* phone: loop current flows */
	EVENT_PLAYED,		/* what played has ended */
	EVENT_LAMP,		/* text: on, off */
	EVENT_MESSAGES,		/* phone: told by data; text: on, off */
	EVENT_CADENCE,		/* phone: text: on/off/on in ms, as it rang */
	EVENT_CAS,		/* phone: a call waits, it may ask who calls */
	EVENT_CONNECTED,	/* a gateway is there */
	EVENT_LOST,		/* and gone; or no battery */
	/* B channels */
	EVENT_SETUP,		/* the gateway calls; text: the called number */
	EVENT_REDIRECTING,	/* text: who sent that call on */
	EVENT_MORE,		/* our call: it wants more digits */
	EVENT_PROCEEDING,
	EVENT_ALERTING,
	EVENT_INBAND,		/* tones come */
	EVENT_ANSWERED,
	EVENT_SERVICE,		/* our SERVICE is acknowledged; text: in, out */
	EVENT_REACHED,		/* by whom, where it is told; text: the number */
	EVENT_REACHED_NAME,	/* text: the name */
	EVENT_CLEARED,		/* value, text: the cause */
	EVENT_HELD,		/* text: on, off */
	EVENT_RESTARTED,
	EVENT_PARKED,		/* our call is on hold, its B channel free */
	EVENT_RETRIEVED,	/* and back, on this line */
	EVENT_REFUSED,		/* either is not; value, text: the cause */
	EVENT_LINK_UP,		/* the D channel; on the span's first line */
	EVENT_LINK_DOWN,
};

struct pbx_event {
	enum pbx_event_type type;
	const struct pbx_line *line;
	uint64_t ms;		/* since the program began */
	int value;
	char text[PBX_TEXT], more[PBX_TEXT];
};

struct pbx_clock {
	int fd;
	struct loop_watch *watch;
	const struct line_driver *driver;
	struct pbx *pbx;
};

struct pbx {
	struct loop *loop;
	const struct country *country;
	struct pbx_line *lines[PBX_LINES];
	unsigned line_count;
	struct pbx_span *spans[PBX_SPANS];
	unsigned span_count;
	struct pbx_clock clocks[PBX_CLOCKS];
	unsigned clock_count;
	struct pbx_event events[PBX_EVENTS];
	uint64_t event_count;	/* ever; number n stands at n % PBX_EVENTS */
	struct list_head clients;
	bool log;		/* tell events on standard error */
	uint64_t began;		/* ms */
	int status;		/* the program's */
};

/* NULL: no such line. */
struct pbx_line *pbx_line(const struct pbx *, const char *name);
/* The lines' audio descriptors, anew: after open and alarms. */
void pbx_watch_clocks(struct pbx *);

/* Remembers an event and wakes who waits for it. */
void pbx_event(struct pbx_line *, enum pbx_event_type, int value,
	       const char *text, const char *more);
/* In words. */
void pbx_event_text(const struct pbx_event *, char *text, size_t size);
/* What a line hears may have changed. */
void pbx_heard(struct pbx_line *);
void pbx_log(const struct pbx_line *, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
