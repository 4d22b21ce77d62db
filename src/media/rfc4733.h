/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * rfc4733.h - digits as named telephone events (RFC 4733, 2.5).
 */
#ifndef MEDIA_RFC4733_H
#define MEDIA_RFC4733_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_SIZE 4

/* Event code of a digit (0-9*#A-D, F: flash), -1: none; and back, 0: none. */
int event_code(char digit);
char event_digit(unsigned code);

/* ---- sending: one event at a time */

struct event_sender {
	char digit;		/* 0: nothing is being sent */
	uint32_t timestamp;	/* of the event's (or segment's) beginning */
	uint32_t duration;	/* samples since then */
	unsigned ends;		/* end packets sent */
	bool first, ending;
};

struct event_packet {
	uint8_t data[EVENT_SIZE];
	uint32_t timestamp;
	bool marker;
};

void event_start(struct event_sender *, char digit, uint32_t timestamp);
/* The digit is over: the next three packets say so. */
void event_end(struct event_sender *);
/* What goes out now, `elapsed` samples after the packet before. False: no
 * event, audio may go. */
bool event_next(struct event_sender *, uint32_t elapsed, struct event_packet *);

/* ---- receiving */

struct event_receiver {
	bool active;		/* an event goes on */
	char digit;
	uint32_t timestamp;	/* of its current segment */
	uint32_t before;	/* samples of the segments before */
	uint32_t duration;	/* of this segment so far */
	bool any;		/* there was one: last_* are valid */
	uint32_t last_timestamp;
};

enum event_news {
	EVENT_NOTHING = 0,
	EVENT_BEGAN = 1,	/* ->digit has begun */
	EVENT_ENDED = 2,	/* .ended is complete */
};

struct event_result {
	unsigned news;		/* both: one ended unseen, another began */
	char ended;
	uint16_t ms;		/* of what ended */
};

/* A packet. What is not a digit, or malformed, gives no news. */
struct event_result event_put(struct event_receiver *, uint32_t timestamp,
			      bool marker, const uint8_t *data, size_t size);
/* Packets stopped coming, or the stream is another: ends what goes on. */
struct event_result event_timeout(struct event_receiver *);

#endif
