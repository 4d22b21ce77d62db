/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Values that only lines have. */
#include <stdlib.h>
#include <string.h>

#include "config/value.h"

#define ECHO_MS 64		/* of echo = true */
#define DELAY_MOST 120		/* s */

void set_gain(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	double db;
	long whole;

	if (config_setting_type(s) != CONFIG_TYPE_FLOAT) {
		if (value_number(l, key, s, key->least, key->most, &whole))
			*(int16_t *)field = 10 * whole;
		return;
	}
	db = config_setting_get_float(s);
	if (db >= key->least && db <= key->most)
		*(int16_t *)field = 10 * db + (db < 0 ? -0.5 : 0.5);
	else
		value_wrong(l, key, s);
}

static bool is_dial_string(const char *text)
{
	return *text && strlen(text) < PARTY_NUMBER_SIZE &&
	       !text[strspn(text, "0123456789*#ABCDw")];
}

/* A number behind "PREFIX:", from 1 to most; 0: there is none. */
static unsigned behind(const char *text, const char *prefix, unsigned most)
{
	size_t length = strlen(prefix);
	unsigned value;

	if (strncmp(text, prefix, length))
		return 0;
	text += length;
	if (!*text || strlen(text) > 4 || text[strspn(text, "0123456789")])
		return 0;
	value = atoi(text);
	return value <= most ? value : 0;
}

void set_dial(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	struct config_line *line = field;
	const char *text = value_text(l, key, s);

	if (!text)
		return;
	if (!strcmp(text, "called")) {
		line->dial = LINE_DIAL_CALLED;
	} else if (!strcmp(text, "none")) {
		line->dial = LINE_DIAL_NONE;
	} else if (!strncmp(text, "last:", 5)) {
		line->dial = LINE_DIAL_LAST;
		line->dial_last = behind(text, "last:", 32);
		if (!line->dial_last)
			report_at(l, s, "dial \"%.40s\" must have a number of digits from 1 to 32 behind \"last:\"", text);
	} else if (is_dial_string(text)) {
		line->dial = LINE_DIAL_DIGITS;
		line->dial_digits = keep_text(l, text);
	} else {
		value_wrong(l, key, s);
	}
}

void set_answer(struct loader *l, const struct key *key, const config_setting_t *s,
		void *field)
{
	struct config_line *line = field;
	const char *text = value_text(l, key, s);

	if (!text)
		return;
	if (!strcmp(text, "supervised")) {
		line->answer = LINE_ANSWER_SUPERVISED;
	} else if (!strcmp(text, "polarity")) {
		line->answer = LINE_ANSWER_POLARITY;
	} else if (!strcmp(text, "seize")) {
		line->answer = LINE_ANSWER_SEIZE;
	} else if (!strncmp(text, "delay:", 6)) {
		line->answer = LINE_ANSWER_DELAY;
		line->answer_delay_ms = 1000 * behind(text, "delay:", DELAY_MOST);
		if (!line->answer_delay_ms)
			report_at(l, s, "answer \"%.40s\" must have 1 to %d seconds behind \"delay:\"",
				  text, DELAY_MOST);
	} else {
		value_wrong(l, key, s);
	}
}

void set_echo(struct loader *l, const struct key *key, const config_setting_t *s,
	      void *field)
{
	struct config_line *line = field;

	if (config_setting_type(s) == CONFIG_TYPE_GROUP) {
		section_load(l, key->section, s, field);
	} else if (config_setting_type(s) == CONFIG_TYPE_BOOL) {
		line->nlp = config_setting_get_bool(s);
		line->echo_ms = line->nlp ? ECHO_MS : 0;
	} else if (config_setting_type(s) == CONFIG_TYPE_STRING) {
		set_word(l, key, s, &line->canceller);
	} else {
		value_wrong(l, key, s);
	}
}
