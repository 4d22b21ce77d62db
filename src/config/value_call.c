/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Countries, tones, timers; where calls come from and go to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/country.h"
#include "config/value.h"

/* ----------------------------------------------------------------- country */

static const char *country_code(const void *list, size_t i)
{
	return ((const struct country_row *)list)[i].code;
}

static const char *country_name(const void *list, size_t i)
{
	return ((const struct country_row *)list)[i].name;
}

static void unknown_country(struct loader *l, const config_setting_t *s, const char *text)
{
	char codes[512] = "";
	const char *near = suggest(text, country_name, country_rows, country_row_count);
	size_t used = 0, near_count = 0;

	/* A name, or a code that may be one of several. */
	for (size_t i = 0; near && i < country_row_count; i++) {
		if (strcmp(country_rows[i].name, near))
			continue;
		report_at(l, s, "country \"%.40s\" is not known; did you mean \"%s\" (%s)?",
			  text, country_rows[i].code, near);
		return;
	}
	for (size_t i = 0; i < country_row_count && used < sizeof(codes); i++) {
		if (!suggest(text, country_code, &country_rows[i], 1))
			continue;
		near_count++;
		used += snprintf(codes + used, sizeof(codes) - used, "%s\"%s\" (%s)",
				 used ? ", " : "", country_rows[i].code,
				 country_rows[i].name);
	}
	if (near_count && used < sizeof(codes)) {
		report_at(l, s, "country \"%.40s\" is not known; did you mean %s?", text, codes);
		return;
	}
	used = 0;
	for (size_t i = 0; i < country_row_count && used < sizeof(codes); i++)
		used += snprintf(codes + used, sizeof(codes) - used, "%s%s",
				 i ? " " : "", country_rows[i].code);
	report_at(l, s, "country \"%.40s\" is not known; there are: %s", text, codes);
}

void set_country(struct loader *l, const struct key *key, const config_setting_t *s,
		 void *field)
{
	const char *text = value_text(l, key, s);
	const struct country *c;

	if (!text)
		return;
	c = country_find(text);
	if (c)
		*(struct country *)field = *c;
	else
		unknown_country(l, s, text);
}

/* ------------------------------------------------------- tones and timers */

const char *const tone_names[TONE_COUNT] = {
	[TONE_DIAL] = "dial",
	[TONE_STUTTER] = "stutter",
	[TONE_RINGBACK] = "ringback",
	[TONE_BUSY] = "busy",
	[TONE_CONGESTION] = "congestion",
	[TONE_SIT] = "sit",
	[TONE_CALL_WAITING] = "call_waiting",
	[TONE_HOWLER] = "howler",
	[TONE_SECOND_DIAL] = "second_dial",
};

static const char *tone_name(const void *list, size_t i)
{
	return tone_names[i];
}

void set_tone(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	const char *text = value_text(l, key, s);

	if (text && tone_parse(field, text, 0))
		report_at(l, s, "%s \"%.60s\" is no tone; write Hz/ms,Hz/ms,..., like \"480+620/500,0/500\", at most %d parts of 1 to 3999 Hz",
			  key->name, text, TONE_SEGMENTS);
}

static void set_one_tone(struct loader *l, const config_setting_t *s,
			 struct country *c, enum tone_id id)
{
	const struct key key = { .name = tone_names[id],
				 .shape = "a tone in quotes, like \"425/500,0/500\"" };
	struct tone tone = { 0 };

	set_tone(l, &key, s, &tone);
	if (!tone.count)
		return;
	tone.level = country_tone_level(c, id, &tone);
	c->tones[id] = tone;
}

void set_tones(struct loader *l, const struct key *key, const config_setting_t *s,
	       void *field)
{
	int id;

	if (config_setting_type(s) != CONFIG_TYPE_GROUP) {
		value_wrong(l, key, s);
		return;
	}
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *member = config_setting_get_elem(s, i);

		for (id = 0; id < TONE_COUNT; id++)
			if (!strcmp(tone_names[id], config_setting_name(member)))
				break;
		if (id < TONE_COUNT)
			set_one_tone(l, member, field, id);
		else
			unknown_name(l, member, "tones", tone_name, NULL, TONE_COUNT);
	}
}

static const char *timer_name(const void *list, size_t i)
{
	return timer_table[i].name;
}

static void set_one_timer(struct loader *l, const config_setting_t *s,
			  const struct timer_info *t, uint32_t *field)
{
	char shape[64];
	const struct key key = { .name = t->name, .shape = shape };
	long value;

	snprintf(shape, sizeof(shape), "a whole number from %u to %u %s", t->least,
		 t->most, t->unit);
	if (value_number(l, &key, s, t->least, t->most, &value))
		*field = value;
}

void set_timers(struct loader *l, const struct key *key, const config_setting_t *s,
		void *field)
{
	int id;

	if (config_setting_type(s) != CONFIG_TYPE_GROUP) {
		value_wrong(l, key, s);
		return;
	}
	for (int i = 0; i < config_setting_length(s); i++) {
		const config_setting_t *member = config_setting_get_elem(s, i);

		for (id = 0; id < TIMER_COUNT; id++)
			if (!strcmp(timer_table[id].name, config_setting_name(member)))
				break;
		if (id < TIMER_COUNT)
			set_one_timer(l, member, &timer_table[id], (uint32_t *)field + id);
		else
			unknown_name(l, member, "timers", timer_name, NULL, TIMER_COUNT);
	}
}

/* -------------------------------------------------------- ends of a route */

static bool parse_end(struct loader *l, const char *text, bool any, struct route_end *to)
{
	static const struct word kinds[] = {
		{ "trunk:", ROUTE_TRUNK }, { "trunk_group:", ROUTE_TRUNK_GROUP },
		{ "group:", ROUTE_GROUP },
		{ "line:", ROUTE_LINE }, { NULL, 0 }
	};

	to->name = "";
	to->kind = ROUTE_ANY;
	if (any && !strcmp(text, "any"))
		return true;
	for (const struct word *w = kinds; w->text; w++) {
		size_t length = strlen(w->text);

		if (strncmp(text, w->text, length) || !text[length])
			continue;
		to->kind = w->value;
		to->name = keep_text(l, text + length);
		return true;
	}
	return false;
}

void set_end(struct loader *l, const struct key *key, const config_setting_t *s,
	     void *field)
{
	const char *text = value_text(l, key, s);

	((struct route_end *)field)->name = "";
	if (text && !parse_end(l, text, true, field))
		value_wrong(l, key, s);
}

void set_ends(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	struct route_end *ends = field;
	size_t count, kept = 0;

	if (!value_elements(l, key, s, &count))
		return;
	for (size_t i = 0; i < count; i++) {
		const config_setting_t *e = value_element(s, i);
		const char *text = value_text(l, key, e);

		if (!text)
			continue;
		if (parse_end(l, text, false, &ends[kept]))
			kept++;
		else
			report_at(l, e, "%s \"%.60s\" must be \"trunk:NAME\", \"trunk_group:NAME\", \"group:NAME\" or \"line:NAME\"",
				  key->name, text);
	}
	*(size_t *)((char *)field - key->offset + key->count_offset) = kept;
}

void set_reject(struct loader *l, const struct key *key, const config_setting_t *s,
		void *field)
{
	struct config_route *route = field;
	int cause = CAUSE_NONE;
	long number;

	if (config_setting_type(s) == CONFIG_TYPE_STRING) {
		set_word(l, key, s, &cause);
	} else if (config_setting_is_number(s)) {
		const struct word *w = key->words;

		if (!value_number(l, key, s, 1, 127, &number))
			return;
		while (w->text && w->value != number)
			w++;
		if (w->text)
			cause = number;
		else
			value_wrong(l, key, s);
	} else {
		value_wrong(l, key, s);
	}
	route->reject_cause = cause;
	route->reject = cause != CAUSE_NONE;
}

/* A word of the key's list, or the number of any cause. */
static bool one_cause(struct loader *l, const struct key *key,
		      const config_setting_t *s, int *cause)
{
	const struct key word = { .name = key->name, .words = key->words };
	const char *text = config_setting_get_string(s);
	char *end = NULL;
	long number = text ? strtol(text, &end, 10) : 0;

	/* An array holds one kind only: a number may stand in quotes. */
	if (text && end != text && !*end && number >= 1 && number <= 127) {
		*cause = (int)number;
		return true;
	}
	if (text) {
		*cause = CAUSE_NONE;
		set_word(l, &word, s, cause);
		return *cause != CAUSE_NONE;
	}
	if (!value_number(l, &word, s, 1, 127, &number))
		return false;
	*cause = (int)number;
	return true;
}

void set_next_on(struct loader *l, const struct key *key, const config_setting_t *s,
		 void *field)
{
	uint32_t *bits = field;
	struct config_route *route = (void *)((char *)field - key->offset);
	size_t count;
	int cause;

	if (!value_elements(l, key, s, &count))
		return;
	route->next_on_given = true;
	for (size_t i = 0; i < count; i++)
		if (one_cause(l, key, value_element(s, i), &cause))
			bits[cause / 32] |= 1u << cause % 32;
}

void set_mwi(struct loader *l, const struct key *key, const config_setting_t *s,
	     void *field)
{
	const struct key word = { .name = key->name, .words = key->words };
	unsigned *mask = field;
	size_t count;

	if (!value_elements(l, key, s, &count))
		return;
	*mask = 0;
	for (size_t i = 0; i < count; i++) {
		int one = 0;

		set_word(l, &word, value_element(s, i), &one);
		*mask |= (unsigned)one;
	}
}

void set_cadence(struct loader *l, const struct key *key, const config_setting_t *s,
		 void *field)
{
	const struct key one = { .name = key->name,
				 .shape = "a number from 50 to 10000" };
	struct cadence *c = field;
	unsigned burst;
	size_t count;
	long n;

	if (!value_elements(l, key, s, &count))
		return;
	if (count % 2) {
		report_at(l, s, "%s: a pause is missing behind the last ring", key->name);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (!value_number(l, &one, value_element(s, i), 50, 10000, &n))
			return;
		c->ms[i] = (uint16_t)n;
	}
	c->count = (uint8_t)count;
	if (cadence_longest_pause(c, &burst) < CADENCE_CALLERID_MS)
		report_at(l, s, "%s: a pause of %d ms or more is needed: caller ID is sent there",
			  key->name, CADENCE_CALLERID_MS);
}

void set_weights(struct loader *l, const struct key *key, const config_setting_t *s,
		 void *field)
{
	const struct key one = { .name = key->name,
				 .shape = "a number from 0 to 1000" };
	uint16_t *weights = field;
	size_t count;
	long n;

	if (!value_elements(l, key, s, &count))
		return;
	for (size_t i = 0; i < count; i++)
		if (value_number(l, &one, value_element(s, i), 0, 1000, &n))
			weights[i] = (uint16_t)n;
	*(size_t *)((char *)field - key->offset + key->count_offset) = count;
}
