/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/flood.h"

#include <string.h>

#include "sip/access.h"

#define TELL_MS 60000
#define WHOLE 1000		/* one message, in tokens */

static uint32_t most(const struct flood *f)
{
	return f->rate * FLOOD_SECONDS * WHOLE;
}

/* The one of this host, else that which was silent for longest. */
static struct flood_source *find(struct flood *f, const struct sockaddr *from,
				 uint64_t now_ms)
{
	struct flood_source *oldest = f->sources;

	for (struct flood_source *s = f->sources; s < f->sources + FLOOD_SOURCES;
	     s++) {
		if (s->host.ss_family &&
		    access_same_host((const void *)&s->host, from))
			return s;
		if (!s->host.ss_family ||
		    (oldest->host.ss_family && s->at_ms < oldest->at_ms))
			oldest = oldest->host.ss_family ? s : oldest;
	}
	memset(oldest, 0, sizeof(*oldest));
	memcpy(&oldest->host, from, address_size(from));
	oldest->at_ms = now_ms;
	oldest->begin = most(f);
	oldest->inside = most(f) * FLOOD_INSIDE;
	oldest->stream = (int64_t)most(f) * FLOOD_INSIDE;
	return oldest;
}

static uint32_t refill(uint32_t tokens, uint64_t passed_ms, uint32_t rate,
		       uint32_t most)
{
	uint64_t sum = tokens + passed_ms * rate;	/* rate/s is rate/1000 a ms */

	return sum < most ? (uint32_t)sum : most;
}

/* Once a minute. */
static bool news(struct flood_source *s, uint64_t now_ms)
{
	if (s->told_ms && now_ms - s->told_ms < TELL_MS)
		return false;
	s->told_ms = now_ms ? now_ms : 1;
	return true;
}

bool flood_admits(struct flood *f, const struct sockaddr *from, bool begins,
		  uint64_t now_ms, bool *tell)
{
	struct flood_source *s = find(f, from, now_ms);
	uint64_t passed = now_ms - s->at_ms;
	uint32_t *tokens = begins ? &s->begin : &s->inside;

	*tell = false;
	s->begin = refill(s->begin, passed, f->rate, most(f));
	s->inside = refill(s->inside, passed, f->rate * FLOOD_INSIDE,
			   most(f) * FLOOD_INSIDE);
	s->at_ms = now_ms;
	if (*tokens >= WHOLE) {
		*tokens -= WHOLE;
		return true;
	}
	f->dropped++;
	*tell = news(s, now_ms);
	return false;
}

uint64_t flood_charge(struct flood *f, const struct sockaddr *from, unsigned messages,
		      uint64_t now_ms, bool *tell)
{
	struct flood_source *s = find(f, from, now_ms);
	int64_t rate = (int64_t)f->rate * FLOOD_INSIDE;
	int64_t full = (int64_t)most(f) * FLOOD_INSIDE;

	*tell = false;
	s->stream += (int64_t)(now_ms - s->at_ms) * rate;
	if (s->stream > full)
		s->stream = full;
	s->at_ms = now_ms;
	s->stream -= (int64_t)messages * WHOLE;
	if (s->stream < -full)
		s->stream = -full;
	if (s->stream >= 0)
		return 0;
	*tell = news(s, now_ms);
	return (uint64_t)(-s->stream / rate) + 1;
}
