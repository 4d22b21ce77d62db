/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/loader.h"

#define TEXT_SIZE 1024

const struct literal *setting_literal(const config_setting_t *s)
{
	return s->hook;
}

unsigned setting_line(const config_setting_t *s)
{
	const struct literal *l = s->hook;

	return l ? l->line : config_setting_source_line(s);
}

bool setting_faulty(const config_setting_t *s)
{
	const struct literal *l = s->hook;

	return l && l->faulty;
}

static void mark_faulty(const config_setting_t *s)
{
	for (; s; s = config_setting_parent(s))
		if (s->hook)
			((struct literal *)s->hook)->faulty = true;
}

static bool make_room(struct loader *l)
{
	size_t room = l->error_room ? 2 * l->error_room : 16;
	struct report_entry *more;

	if (l->error_count < l->error_room)
		return true;
	more = pool_array(l->scratch, room, sizeof(*more));
	if (!more)
		return false;
	if (l->error_count)
		memcpy(more, l->errors, l->error_count * sizeof(*more));
	l->errors = more;
	l->error_room = room;
	return true;
}

__attribute__((format(printf, 3, 0)))
static void add(struct loader *l, unsigned line, const char *format, va_list args)
{
	char text[TEXT_SIZE];
	int start;

	if (line)
		start = snprintf(text, sizeof(text), "%s:%u: ", l->file, line);
	else
		start = snprintf(text, sizeof(text), "%s: ", l->file);
	if (start < TEXT_SIZE)
		vsnprintf(text + start, sizeof(text) - start, format, args);
	/* What is quoted may hold anything; an error is one line. */
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	if (make_room(l)) {
		struct report_entry *e = &l->errors[l->error_count];

		*e = (struct report_entry){ line, l->error_count,
			pool_copy(l->scratch, text, strlen(text)) };
		if (e->text) {
			l->error_count++;
			return;
		}
	}
	l->no_memory = true;
}

void report_at(struct loader *l, const config_setting_t *s, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(l, setting_line(s), format, args);
	va_end(args);
	mark_faulty(s);
}

void report_line(struct loader *l, unsigned line, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(l, line, format, args);
	va_end(args);
}

static int compare(const void *a, const void *b)
{
	const struct report_entry *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* Has that line's error been told? Entries of a line stand together. */
static bool told(const struct loader *l, size_t i)
{
	for (size_t k = i; k-- > 0 && l->errors[k].line == l->errors[i].line;)
		if (!strcmp(l->errors[k].text, l->errors[i].text))
			return true;
	return false;
}

void report_tell(struct loader *l, config_error_fn *error, void *arg)
{
	if (l->error_count)
		qsort(l->errors, l->error_count, sizeof(*l->errors), compare);
	for (size_t i = 0; i < l->error_count; i++)
		if (!told(l, i))
			error(arg, l->errors[i].text);
}
