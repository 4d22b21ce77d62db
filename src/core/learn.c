/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/learn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/near.h"

enum {
	FREQUENCY_PER_CENT = 3, FREQUENCY_HZ = 10,
	TIME_PER_CENT = 12, TIME_MS = 40,
	BREAK_PER_CENT = 25, BREAK_MS = 20,
	BREAK_LEAST_MS = 20,		/* as timer break may be */
};

static bool same_burst(const struct learn_burst *a, const struct learn_burst *b)
{
	for (int i = 0; i < TONE_FREQUENCIES; i++)
		if (!near(a->frequency[i], b->frequency[i], FREQUENCY_PER_CENT,
			  b->frequency[i] ? FREQUENCY_HZ : 0))
			return false;
	if (!a->on_ms || !b->on_ms)
		return a->on_ms == b->on_ms;
	return near(a->on_ms, b->on_ms, TIME_PER_CENT, TIME_MS) &&
	       near(a->off_ms, b->off_ms, TIME_PER_CENT, TIME_MS);
}

/* Where a cycle is taken to begin is by chance: by how many sounds b is behind
 * a; -1: they differ. */
static int same_tone(const struct learn_heard *a, const struct learn_heard *b)
{
	for (unsigned turn = 0; turn < a->bursts; turn++) {
		unsigned i = 0;

		while (i < a->bursts && same_burst(&a->burst[i],
				&b->burst[(i + turn) % a->bursts]))
			i++;
		if (i == a->bursts)
			return (int)turn;
	}
	return -1;
}

static bool agrees(const struct learn_heard *a, const struct learn_heard *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == LEARN_BREAK)
		return near(a->break_ms, b->break_ms, BREAK_PER_CENT, BREAK_MS);
	return a->bursts == b->bursts && same_tone(a, b) >= 0;
}

/* -------------------------------------------------------------------- lines */

struct learn_line *learn_find(struct list_head *lines, const char *name)
{
	struct list_head *n;

	list_for_each(n, lines) {
		struct learn_line *l = list_entry(n, struct learn_line, node);

		if (!strcmp(l->name, name))
			return l;
	}
	return NULL;
}

void learn_free(struct learn_line *l)
{
	list_remove(&l->node);
	free(l);
}

struct learn_line *learn_line(struct list_head *lines, const char *name,
			      const char *port)
{
	struct learn_line *l = learn_find(lines, name);

	if (l && !strcmp(l->port, port))
		return l;
	if (l)
		learn_free(l);
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	snprintf(l->name, sizeof(l->name), "%s", name);
	snprintf(l->port, sizeof(l->port), "%s", port);
	list_add_before(lines, &l->node);
	return l;
}

/* ------------------------------------------------------------------ counting */

static uint32_t length_of(const struct learn_heard *h)
{
	return h->kind == LEARN_BREAK ? h->break_ms : h->burst[0].on_ms;
}

/* A full list loses what the fewest calls speak of. */
static struct learn_signal *signal_for(struct learn_line *l,
				       const struct learn_heard *h)
{
	struct learn_signal *s, *least = &l->signal[0];

	for (unsigned i = 0; i < l->signals; i++) {
		s = &l->signal[i];
		if (agrees(&s->mean, h))
			return s;
		if (s->calls + s->against < least->calls + least->against)
			least = s;
	}
	s = l->signals < LEARN_SIGNALS ? &l->signal[l->signals++] : least;
	*s = (struct learn_signal) {
		.mean = *h, .least_ms = length_of(h), .most_ms = length_of(h),
	};
	return s;
}

static uint32_t mean(uint32_t old, uint32_t now, unsigned calls)
{
	return (old * (calls - 1) + now + calls / 2) / calls;
}

static void add(struct learn_signal *s, const struct learn_heard *h)
{
	struct learn_heard *m = &s->mean;
	int turn = h->kind == LEARN_TONE ? same_tone(m, h) : 0;
	uint32_t length;

	s->calls++;
	m->break_ms = mean(m->break_ms, h->break_ms, s->calls);
	m->level = (int16_t)((m->level * (int)(s->calls - 1) + h->level) /
			     (int)s->calls);
	for (unsigned i = 0; i < m->bursts; i++) {
		const struct learn_burst *b =
			&h->burst[(i + (unsigned)turn) % h->bursts];

		for (int k = 0; k < TONE_FREQUENCIES; k++)
			m->burst[i].frequency[k] = (uint16_t)mean(
				m->burst[i].frequency[k], b->frequency[k], s->calls);
		m->burst[i].on_ms = mean(m->burst[i].on_ms, b->on_ms, s->calls);
		m->burst[i].off_ms = mean(m->burst[i].off_ms, b->off_ms, s->calls);
	}
	length = h->kind == LEARN_BREAK ? h->break_ms :
		 h->burst[(unsigned)turn].on_ms;
	if (length < s->least_ms)
		s->least_ms = length;
	if (length > s->most_ms)
		s->most_ms = length;
}

void learn_ended(struct learn_line *l, const struct learn_heard *h, unsigned count,
		 const char *why, int64_t when)
{
	struct learn_release *r;

	if (l->releases == LEARN_RELEASES) {
		memmove(&l->release[0], &l->release[1],
			(LEARN_RELEASES - 1) * sizeof(l->release[0]));
		l->releases--;
	}
	r = &l->release[l->releases++];
	*r = (struct learn_release){ .when = when };
	snprintf(r->why, sizeof(r->why), "%s", why);
	for (unsigned i = 0; i < count; i++) {
		struct learn_signal *s = signal_for(l, &h[i]);

		add(s, &h[i]);
		s->last = when;
		r->heard = h[i];
	}
}

void learn_denied(struct learn_line *l, const struct learn_heard *h)
{
	signal_for(l, h)->against++;
}

bool learn_is_sure(const struct learn_line *l, const struct learn_signal *s)
{
	if (s->calls < LEARN_CALLS || s->against)
		return false;
	/* A longer break that a call outlived would end it. */
	for (unsigned i = 0; s->mean.kind == LEARN_BREAK && i < l->signals; i++)
		if (l->signal[i].against && l->signal[i].mean.kind == LEARN_BREAK &&
		    l->signal[i].most_ms >= learn_as_break(s))
			return false;
	return true;
}

/* ------------------------------------------------------------ as it is written */

static uint32_t round_to(uint32_t value, uint32_t step)
{
	return (value + step / 2) / step * step;
}

void learn_as_tone(const struct learn_heard *h, struct tone *t)
{
	*t = (struct tone){ 0 };
	for (unsigned i = 0; i < h->bursts; i++) {
		struct tone_segment *s = &t->segment[t->count++];

		for (int k = 0; k < TONE_FREQUENCIES; k++)
			s->frequency[k] = (uint16_t)round_to(h->burst[i].frequency[k], 5);
		s->ms = round_to(h->burst[i].on_ms, 10);
		/* The silence behind it is the one before the next. */
		if (s->ms)
			t->segment[t->count++].ms =
				round_to(h->burst[(i + 1) % h->bursts].off_ms, 10);
	}
}

uint32_t learn_as_break(const struct learn_signal *s)
{
	uint32_t ms = s->least_ms * 4 / 5;

	return ms > BREAK_LEAST_MS ? ms : BREAK_LEAST_MS;
}

static size_t put_frequencies(const uint16_t *f, char *out, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < TONE_FREQUENCIES && f[i] && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%u", i ? "+" : "", f[i]);
	return at < size ? at : size - 1;
}

void learn_words(const struct learn_heard *h, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	if (h->kind == LEARN_BREAK)
		snprintf(out, size, "battery break of %u ms", h->break_ms);
	if (h->kind != LEARN_TONE)
		return;
	for (unsigned i = 0; i < h->bursts && at + 1 < size; i++) {
		const struct learn_burst *b = &h->burst[i];
		uint32_t off = h->burst[(i + 1) % h->bursts].off_ms;

		at += (size_t)snprintf(out + at, size - at, i ? ", " : "");
		at += put_frequencies(b->frequency, out + at, size - at);
		if (b->on_ms)
			at += (size_t)snprintf(out + at, size - at,
				" Hz %u.%02u/%u.%02u s", b->on_ms / 1000,
				b->on_ms % 1000 / 10, off / 1000, off % 1000 / 10);
		else
			at += (size_t)snprintf(out + at, size - at,
					       " Hz, continuous");
	}
}

void learn_config(const struct learn_signal *s, char *out, size_t size)
{
	struct tone t;
	size_t at;

	if (s->mean.kind == LEARN_BREAK) {
		snprintf(out, size, "disconnect_break = %u;", learn_as_break(s));
		return;
	}
	learn_as_tone(&s->mean, &t);
	at = (size_t)snprintf(out, size, "disconnect_tone = \"");
	for (unsigned i = 0; i < t.count && at + 1 < size; i++) {
		const struct tone_segment *g = &t.segment[i];

		at += (size_t)snprintf(out + at, size - at, "%s%s", i ? "," : "",
				       g->frequency[0] ? "" : "0");
		if (at + 1 < size)
			at += put_frequencies(g->frequency, out + at, size - at);
		if (g->ms && at + 1 < size)
			at += (size_t)snprintf(out + at, size - at, "/%u", g->ms);
	}
	if (at + 1 < size)
		snprintf(out + at, size - at, "\";");
}
