/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "ops/learned.h"

#include <string.h>
#include <time.h>

#include "config/config.h"
#include "core/learn.h"
#include "ops/show.h"

static const char *const kinds[LEARN_KINDS] = {
	[LEARN_NONE] = "none", [LEARN_TONE] = "tone", [LEARN_BREAK] = "break",
};

/* -------------------------------------------------------------------- showing */

static json_t *show_when(int64_t when)
{
	char text[32];
	time_t s = (time_t)when;
	struct tm tm;

	if (!when || !gmtime_r(&s, &tm))
		return json_null();
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}

static json_t *show_heard(const struct learn_heard *h)
{
	json_t *bursts = json_array(), *j;
	char words[128];

	learn_words(h, words, sizeof(words));
	for (unsigned i = 0; i < h->bursts; i++) {
		const struct learn_burst *b = &h->burst[i];
		json_t *hz = json_array();

		for (int k = 0; k < TONE_FREQUENCIES && b->frequency[k]; k++)
			json_array_append_new(hz, json_integer(b->frequency[k]));
		json_array_append_new(bursts, json_pack("{s:o,s:i,s:i}", "hz", hz,
			"on_ms", (int)b->on_ms, "off_ms", (int)b->off_ms));
	}
	j = json_pack("{s:s,s:s}", "kind", kinds[h->kind], "measured", words);
	if (h->kind == LEARN_TONE) {
		json_object_set(j, "cadence", bursts);
		json_object_set_new(j, "level_dbm0", json_real(h->level / 10.0));
	}
	if (h->kind == LEARN_BREAK)
		json_object_set_new(j, "break_ms", json_integer(h->break_ms));
	json_decref(bursts);
	return j;
}

static const char *state_of(const struct learn_line *l, const struct learn_signal *s,
			    const struct config *conf)
{
	const struct config_line *c = conf ? config_line(conf, l->name) : NULL;

	if (s->against)
		return "calls went on after it";
	if (s->calls < LEARN_CALLS)
		return "too few calls";
	if (!learn_is_sure(l, s))
		return "a longer one ended no call";
	return c && c->learn == LINE_LEARN_AUTO ? "in use" : "learned";
}

static json_t *show_signal(const struct learn_line *l, const struct learn_signal *s,
			   const struct config *conf)
{
	json_t *j = show_heard(&s->mean);
	char text[256];

	json_object_set_new(j, "least_ms", json_integer(s->least_ms));
	json_object_set_new(j, "most_ms", json_integer(s->most_ms));
	json_object_set_new(j, "calls", json_integer(s->calls));
	json_object_set_new(j, "against", json_integer(s->against));
	json_object_set_new(j, "last", show_when(s->last));
	json_object_set_new(j, "last_s", json_integer(s->last));
	if (!conf)
		return j;
	json_object_set_new(j, "needed", json_integer(LEARN_CALLS));
	json_object_set_new(j, "state", json_string(state_of(l, s, conf)));
	if (learn_is_sure(l, s)) {
		learn_config(s, text, sizeof(text));
		json_object_set_new(j, "config", json_string(text));
	}
	return j;
}

static json_t *show_release(const struct learn_release *r)
{
	return json_pack("{s:o,s:I,s:o,s:o}", "when", show_when(r->when),
		"when_s", (json_int_t)r->when, "reason", show_text(r->why),
		"heard", show_heard(&r->heard));
}

json_t *learned_show(const struct list_head *lines, const struct config *conf)
{
	json_t *all = json_array();
	struct list_head *n;

	list_for_each(n, lines) {
		const struct learn_line *l = list_entry(n, struct learn_line, node);
		json_t *signals = json_array(), *releases = json_array();

		for (unsigned i = 0; i < l->signals; i++)
			json_array_append_new(signals,
				show_signal(l, &l->signal[i], conf));
		for (unsigned i = 0; i < l->releases; i++)
			json_array_append_new(releases,
					      show_release(&l->release[i]));
		json_array_append_new(all, json_pack("{s:o,s:o,s:o,s:o}",
			"line", show_text(l->name), "port", show_text(l->port),
			"signals", signals, "releases", releases));
	}
	return all;
}

/* -------------------------------------------------------------------- reading */

/* A whole number from 0 to most, 0 for anything else. */
static json_int_t number(const json_t *j, const char *key, json_int_t most)
{
	json_int_t n = json_integer_value(json_object_get(j, key));

	return n < 0 || n > most ? 0 : n;
}

static void read_burst(struct learn_burst *b, const json_t *j)
{
	const json_t *hz = json_object_get(j, "hz");

	for (size_t k = 0; k < TONE_FREQUENCIES && k < json_array_size(hz); k++) {
		json_int_t f = json_integer_value(json_array_get(hz, k));

		if (f <= 0 || f > 3999)
			break;
		b->frequency[k] = (uint16_t)f;
	}
	b->on_ms = (uint32_t)number(j, "on_ms", 60000);
	b->off_ms = (uint32_t)number(j, "off_ms", 60000);
}

static bool read_heard(struct learn_heard *h, const json_t *j)
{
	const char *kind = json_string_value(json_object_get(j, "kind"));
	const json_t *cadence = json_object_get(j, "cadence");
	double level = json_number_value(json_object_get(j, "level_dbm0"));

	*h = (struct learn_heard){ 0 };
	for (int i = 0; kind && i < LEARN_KINDS; i++)
		if (!strcmp(kind, kinds[i]))
			h->kind = (enum learn_kind)i;
	if (level < 0 && level > -100)
		h->level = (int16_t)(level * 10 - 0.5);
	h->break_ms = (uint32_t)number(j, "break_ms", 60000);
	if (h->kind == LEARN_BREAK)
		return h->break_ms;
	if (h->kind != LEARN_TONE)
		return false;
	h->break_ms = 0;
	while (h->bursts < LEARN_BURSTS && h->bursts < json_array_size(cadence)) {
		struct learn_burst *b = &h->burst[h->bursts];

		read_burst(b, json_array_get(cadence, h->bursts));
		if (!b->frequency[0])
			return false;
		h->bursts++;
	}
	return h->bursts && (h->bursts == 1 || h->burst[0].on_ms);
}

static void read_line(struct learn_line *l, const json_t *j)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(j, "signals"), i, item) {
		struct learn_signal *s = &l->signal[l->signals];

		if (l->signals == LEARN_SIGNALS || !read_heard(&s->mean, item))
			continue;
		s->least_ms = (uint32_t)number(item, "least_ms", 60000);
		s->most_ms = (uint32_t)number(item, "most_ms", 60000);
		s->calls = (unsigned)number(item, "calls", 1000000);
		s->against = (unsigned)number(item, "against", 1000000);
		s->last = number(item, "last_s", INT64_MAX);
		l->signals++;
	}
	json_array_foreach(json_object_get(j, "releases"), i, item) {
		struct learn_release *r = &l->release[l->releases];
		const char *why = json_string_value(json_object_get(item, "reason"));

		if (l->releases == LEARN_RELEASES || !why)
			continue;
		l->releases++;
		if (!read_heard(&r->heard, json_object_get(item, "heard")))
			r->heard = (struct learn_heard){ 0 };
		r->when = number(item, "when_s", INT64_MAX);
		snprintf(r->why, sizeof(r->why), "%s", why);
	}
}

unsigned learned_read(struct list_head *lines, const json_t *array)
{
	const json_t *item;
	unsigned count = 0;
	size_t i;

	json_array_foreach(array, i, item) {
		const char *name = json_string_value(json_object_get(item, "line"));
		const char *port = json_string_value(json_object_get(item, "port"));
		struct learn_line *l;

		if (!name || !port || learn_find(lines, name))
			continue;
		l = learn_line(lines, name, port);
		if (!l)
			break;
		read_line(l, item);
		count++;
	}
	return count;
}
