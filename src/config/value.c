/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config/value.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPE_SIZE 256
#define SHOWN_SIZE 64

const char *value_shown(const config_setting_t *s, char *buffer, size_t size)
{
	const struct literal *literal = setting_literal(s);

	switch (config_setting_type(s)) {
	case CONFIG_TYPE_GROUP:
		return "a group in { }";
	case CONFIG_TYPE_LIST:
		return "a list in ( )";
	case CONFIG_TYPE_ARRAY:
		return "a list in [ ]";
	}
	if (!literal)
		return "this";
	snprintf(buffer, size, literal->length < size ? "%.*s" : "%.*s...",
		 (int)(literal->length < size ? literal->length : size - 4),
		 literal->text);
	return buffer;
}

void value_wrong(struct loader *l, const struct key *key, const config_setting_t *s)
{
	char shape[SHAPE_SIZE], shown[SHOWN_SIZE];

	report_at(l, s, "%s must be %s, not %s", key->name,
		  key_shape(key, shape, sizeof(shape)),
		  value_shown(s, shown, sizeof(shown)));
}

/* --------------------------------------------------------- text and paths */

const char *value_text(struct loader *l, const struct key *key,
		       const config_setting_t *s)
{
	char shown[SHOWN_SIZE];

	if (config_setting_type(s) == CONFIG_TYPE_STRING)
		return config_setting_get_string(s);
	/* libconfig would make another number of 15551230000 and of 0123. */
	if (config_setting_is_number(s))
		report_at(l, s, "%s must be a string; put it in quotes: \"%s\"",
			  key->name, value_shown(s, shown, sizeof(shown)));
	else
		value_wrong(l, key, s);
	return NULL;
}

/* NULL and an error when the key does not allow it. */
static const char *checked_text(struct loader *l, const struct key *key,
				const config_setting_t *s)
{
	const char *text = value_text(l, key, s), *fault;
	char buffer[SHAPE_SIZE];

	/* A default is right as it is; "" often means none. */
	if (!text || !key->check || (!*text && !setting_literal(s)))
		return text;
	fault = key->check(text, buffer, sizeof(buffer));
	if (!fault)
		return text;
	report_at(l, s, "%s \"%.60s\" %s", key->name, text, fault);
	return NULL;
}

void set_text(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	const char *text = checked_text(l, key, s);

	if (text)
		*(const char **)field = keep_text(l, text);
}

void set_path(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	const char *text = checked_text(l, key, s);
	char path[PATH_MAX];
	int size;

	if (!text)
		return;
	size = snprintf(path, sizeof(path), "%.*s%s",
			*text && *text != '/' ? (int)l->directory : 0, l->file, text);
	if ((size_t)size >= sizeof(path) || (key->most && size > key->most)) {
		report_at(l, s, "%s is a path of %d characters; at most %ld are possible",
			  key->name, size, key->most ? key->most : PATH_MAX - 1L);
		return;
	}
	*(const char **)field = keep_text(l, path);
}

void set_texts(struct loader *l, const struct key *key, const config_setting_t *s,
	       void *field)
{
	size_t count, kept = 0;
	const char **texts;

	if (!value_elements(l, key, s, &count))
		return;
	texts = keep_array(l, count, sizeof(*texts));
	for (size_t i = 0; texts && i < count; i++) {
		const char *text = checked_text(l, key, value_element(s, i));

		if (text)
			texts[kept++] = keep_text(l, text);
	}
	*(const char ***)field = texts;
	*(size_t *)((char *)field - key->offset + key->count_offset) = kept;
}

/* ------------------------------------------------------- numbers and words */

void set_bool(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	if (config_setting_type(s) != CONFIG_TYPE_BOOL)
		value_wrong(l, key, s);
	else
		*(bool *)field = config_setting_get_bool(s);
}

bool value_number(struct loader *l, const struct key *key, const config_setting_t *s,
		  long least, long most, long *value)
{
	const struct literal *literal = setting_literal(s);
	int type = config_setting_type(s);
	char text[24];

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64) {
		if (type == CONFIG_TYPE_STRING &&
		    !config_setting_get_string(s)[strspn(config_setting_get_string(s), "0123456789")] &&
		    *config_setting_get_string(s))
			report_at(l, s, "%s is a number; write it without quotes", key->name);
		else
			value_wrong(l, key, s);
		return false;
	}
	*value = config_setting_get_int64(s);
	/* What was written, not what libconfig made of it. */
	if (literal) {
		snprintf(text, sizeof(text), "%.*s", (int)literal->length, literal->text);
		errno = 0;
		*value = strtol(text, NULL, strchr(text, 'x') || strchr(text, 'X') ? 16 : 10);
		if (literal->length >= sizeof(text) || errno)
			*value = LONG_MAX;
	}
	if (*value >= least && *value <= most)
		return true;
	value_wrong(l, key, s);
	return false;
}

void set_number(struct loader *l, const struct key *key, const config_setting_t *s,
		void *field)
{
	long value;

	if (!value_number(l, key, s, key->least, key->most, &value))
		return;
	switch (key->size) {
	case sizeof(uint8_t):
		*(uint8_t *)field = value;
		break;
	case sizeof(uint16_t):
		*(uint16_t *)field = value;
		break;
	default:
		*(int *)field = value;
	}
}

static const char *word_text(const void *list, size_t i)
{
	return ((const struct word *)list)[i].text;
}

static bool is_word(const struct word *words, const char *text, int *value)
{
	for (; words->text; words++) {
		if (!strcmp(words->text, text)) {
			*value = words->value;
			return true;
		}
	}
	return false;
}

void set_word(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	const struct literal *literal = setting_literal(s);
	const char *text, *near;
	char shape[SHAPE_SIZE], number[8];
	size_t count;

	/* over_limit = 503 */
	if (literal && literal->type == 'i' && literal->length < sizeof(number)) {
		snprintf(number, sizeof(number), "%.*s", (int)literal->length,
			 literal->text);
		if (!is_word(key->words, number, field))
			value_wrong(l, key, s);
		return;
	}
	text = checked_text(l, key, s);

	if (!text || is_word(key->words, text, field))
		return;
	for (count = 0; key->words[count].text;)
		count++;
	near = suggest(text, word_text, key->words, count);
	if (near)
		report_at(l, s, "%s \"%.40s\" is not known; did you mean \"%s\"?",
			  key->name, text, near);
	else
		report_at(l, s, "%s \"%.40s\" is not known; it may be %s", key->name,
			  text, key_shape(key, shape, sizeof(shape)));
}

/* ------------------------------------------------------- lists and groups */

const config_setting_t *value_element(const config_setting_t *s, size_t i)
{
	if (config_setting_type(s) == CONFIG_TYPE_STRING)
		return s;
	return config_setting_get_elem(s, i);
}

bool value_elements(struct loader *l, const struct key *key,
		    const config_setting_t *s, size_t *count)
{
	int type = config_setting_type(s);

	*count = 1;
	if (type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY) {
		*count = config_setting_length(s);
	} else if (type != CONFIG_TYPE_STRING) {
		value_wrong(l, key, s);
		return false;
	}
	if (*count < (size_t)key->least) {
		report_at(l, s, key->required ? "%s is empty; give at least one" :
			  "%s is empty; give at least one, or leave it out", key->name);
		return false;
	}
	if (key->most && *count > (size_t)key->most) {
		report_at(l, s, "%s has %zu elements; at most %ld are possible",
			  key->name, *count, key->most);
		return false;
	}
	return true;
}

void set_section(struct loader *l, const struct key *key, const config_setting_t *s,
		 void *field)
{
	if (config_setting_type(s) == CONFIG_TYPE_GROUP) {
		section_load(l, key->section, s, field);
		return;
	}
	value_wrong(l, key, s);
}

void set_list(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	const struct section *section = key->section;
	char shown[SHOWN_SIZE], *objects;
	size_t count;

	if (config_setting_type(s) == CONFIG_TYPE_STRING) {
		value_wrong(l, key, s);
		return;
	}
	if (!value_elements(l, key, s, &count))
		return;
	objects = keep_array(l, count, section->size);
	for (size_t i = 0; objects && i < count; i++) {
		const config_setting_t *element = config_setting_get_elem(s, i);
		bool group = config_setting_type(element) == CONFIG_TYPE_GROUP;

		if (!group)
			report_at(l, element, "%s must hold groups in { }, one for each %s, not %s",
				  key->name, section->one,
				  value_shown(element, shown, sizeof(shown)));
		section_load(l, section, group ? element : NULL,
			     objects + i * section->size);
	}
	*(void **)field = objects;
	*(size_t *)((char *)field - key->offset + key->count_offset) = objects ? count : 0;
}

void unknown_name(struct loader *l, const config_setting_t *s, const char *where,
		  const char *(*word)(const void *, size_t), const void *list,
		  size_t count)
{
	const char *name = config_setting_name(s);
	const char *near = suggest(name, word, list, count);
	char known[700] = "";
	size_t used = 0;

	if (near) {
		report_at(l, s, "%.40s is no key of %s; did you mean %s?", name, where, near);
		return;
	}
	for (size_t i = 0; i < count && used < sizeof(known); i++)
		used += snprintf(known + used, sizeof(known) - used, "%s%s",
				 i ? ", " : "", word(list, i));
	report_at(l, s, "%.40s is no key of %s; there are: %s", name, where, known);
}
