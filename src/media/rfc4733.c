/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/rfc4733.h"

#include <string.h>

#define ENDS 3			/* RFC 4733, 2.5.1.4 */
#define VOLUME 10		/* -10 dBm0 */
#define SEGMENT 0xffff		/* longest duration of one packet */

static const char events[] = "0123456789*#ABCDF";

int event_code(char digit)
{
	const char *at = digit ? strchr(events, digit) : NULL;

	return at ? (int)(at - events) : -1;
}

char event_digit(unsigned code)
{
	return code < sizeof(events) - 1 ? events[code] : 0;
}

/* ------------------------------------------------------------------ sending */

void event_start(struct event_sender *s, char digit, uint32_t timestamp)
{
	*s = (struct event_sender) { .digit = digit, .timestamp = timestamp,
				     .first = true };
}

void event_end(struct event_sender *s)
{
	s->ending = true;
}

bool event_next(struct event_sender *s, uint32_t elapsed, struct event_packet *p)
{
	if (!s->digit)
		return false;
	if (!s->ends)
		s->duration += elapsed;
	/* A longer one goes on in a new segment that begins where the full one
	 * ended (2.5.1.3). */
	if (s->duration > SEGMENT) {
		s->timestamp += SEGMENT;
		s->duration -= SEGMENT;
	}
	p->timestamp = s->timestamp;
	p->marker = s->first;
	p->data[0] = (uint8_t)event_code(s->digit);
	p->data[1] = (uint8_t)((s->ending ? 0x80 : 0) | VOLUME);
	p->data[2] = (uint8_t)(s->duration >> 8);
	p->data[3] = (uint8_t)s->duration;
	s->first = false;
	if (s->ending && ++s->ends == ENDS) {
		s->digit = 0;
		s->ending = false;	/* the next one may begin */
	}
	return true;
}

/* ---------------------------------------------------------------- receiving */

static void finish(struct event_receiver *r, struct event_result *out)
{
	uint32_t ms = (r->before + r->duration) / 8;

	out->news |= EVENT_ENDED;
	out->ended = r->digit;
	out->ms = (uint16_t)(ms > 0xffff ? 0xffff : ms);
	r->active = false;
}

struct event_result event_timeout(struct event_receiver *r)
{
	struct event_result out = { 0 };

	if (r->active)
		finish(r, &out);
	return out;
}

static void begin(struct event_receiver *r, char digit, uint32_t timestamp,
		  struct event_result *out)
{
	r->active = true;
	r->any = true;
	r->digit = digit;
	r->timestamp = r->last_timestamp = timestamp;
	r->before = r->duration = 0;
	out->news |= EVENT_BEGAN;
}

/* The next segment of a long event. */
static bool continues(const struct event_receiver *r, char digit,
		      uint32_t timestamp, bool marker)
{
	uint32_t gap = timestamp - r->timestamp - r->duration;

	return r->active && digit == r->digit && !marker &&
	       r->duration >= SEGMENT / 2 && (gap + 800 <= 1600);
}

struct event_result event_put(struct event_receiver *r, uint32_t timestamp,
			      bool marker, const uint8_t *data, size_t size)
{
	struct event_result out = { 0 };
	uint32_t duration;
	char digit;

	if (size < EVENT_SIZE)
		return out;
	digit = event_digit(data[0]);
	duration = (uint32_t)data[2] << 8 | data[3];
	if (!digit)
		return out;
	if (!(r->active && timestamp == r->timestamp)) {
		/* A repeated end, or one that was overtaken. */
		if (r->any && (int32_t)(timestamp - r->last_timestamp) <= 0 &&
		    (int32_t)(timestamp - r->last_timestamp) > -80000)
			return out;
		if (continues(r, digit, timestamp, marker)) {
			r->before += timestamp - r->timestamp;
			r->timestamp = r->last_timestamp = timestamp;
			r->duration = 0;
		} else {
			if (r->active)
				finish(r, &out);
			begin(r, digit, timestamp, &out);
		}
	}
	if (duration > r->duration)
		r->duration = duration;
	if (data[1] & 0x80) {
		/* Began and ended in one packet: the rest was lost. The caller
		 * looks at EVENT_BEGAN first. When another one ended unseen in
		 * the same packet, this end waits for its repetition. */
		if (out.news & EVENT_ENDED)
			return out;
		finish(r, &out);
	}
	return out;
}
