/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include "cli/table.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

enum { COLUMN_LEAST = 6, GAP = 2 };

struct table {
	const char *const *columns;
	unsigned count;
	char **cells;		/* row by row */
	size_t rows, room;
};

struct table *table_new(const char *const *columns)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->columns = columns;
	while (columns[t->count] && t->count < TABLE_COLUMNS)
		t->count++;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->rows * t->count; i++)
		free(t->cells[i]);
	free(t->cells);
	free(t);
}

void table_row(struct table *t, const char *const *cells)
{
	if (t->rows == t->room) {
		size_t room = t->room ? t->room * 2 : 16;
		char **p = realloc(t->cells, room * t->count * sizeof(*p));

		if (!p)
			return;
		t->cells = p;
		t->room = room;
	}
	for (unsigned i = 0; i < t->count; i++)
		t->cells[t->rows * t->count + i] = strdup(cells[i] ? cells[i] : "");
	t->rows++;
}

/* Takes one character: its length in bytes, *c: 0xfffd where it is broken. */
static unsigned decode(const char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char b = (unsigned char)*s;
	unsigned n = b < 0x80 ? 1 : (b & 0xe0) == 0xc0 ? 2 :
		(b & 0xf0) == 0xe0 ? 3 : (b & 0xf8) == 0xf0 ? 4 : 0;

	*c = 0xfffd;
	if (!n)
		return 1;
	if (n == 1) {
		*c = b;
		return 1;
	}
	uint32_t v = b & (0x7fu >> n);

	for (unsigned i = 1; i < n; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 1;
		v = v << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return 1;
	*c = v;
	return n;
}

/* One character as it is to be printed; its columns. */
static unsigned safe(const char *s, unsigned *bytes, bool *bad)
{
	uint32_t c;
	int w;

	*bytes = decode(s, &c);
	w = wcwidth((wchar_t)c);
	*bad = w < 0 || c == 0xfffd;
	return *bad ? 1 : (unsigned)w;
}

unsigned table_width(const char *text)
{
	unsigned width = 0, bytes;
	bool bad;

	for (; *text; text += bytes)
		width += safe(text, &bytes, &bad);
	return width;
}

unsigned table_text(FILE *f, const char *text, unsigned width)
{
	bool cut = width && table_width(text) > width, bad;
	unsigned room = width ? width - cut : ~0u, took = 0, bytes;

	for (; *text; text += bytes) {
		unsigned w = safe(text, &bytes, &bad);

		if (took + w > room)
			break;
		if (bad)
			fputc('?', f);
		else
			fwrite(text, 1, bytes, f);
		took += w;
	}
	if (cut) {
		fputs("…", f);
		took++;
	}
	return took;
}

unsigned terminal_width(FILE *f)
{
	struct winsize w;

	return ioctl(fileno(f), TIOCGWINSZ, &w) ? 0 : w.ws_col;
}

static const char *heading(const struct table *t, unsigned i)
{
	return t->columns[i] + (*t->columns[i] == '>');
}

/* Takes from the widest column until all fit. */
static void shrink(unsigned *width, unsigned count, unsigned limit)
{
	for (;;) {
		unsigned total = 0, widest = 0;

		for (unsigned i = 0; i < count; i++) {
			total += width[i] ? width[i] + GAP : 0;
			if (width[i] > width[widest])
				widest = i;
		}
		if (total <= limit + GAP || width[widest] <= COLUMN_LEAST)
			return;
		width[widest]--;
	}
}

static void print_row(const struct table *t, FILE *f, const char *const *cells,
		      const unsigned *width)
{
	unsigned owed = 0;	/* blanks before the next text */

	for (unsigned i = 0; i < t->count; i++) {
		const char *text = cells ? cells[i] : heading(t, i);
		unsigned w;

		if (!width[i])
			continue;
		if (!text)
			text = "";
		w = table_width(text);
		if (w > width[i])
			w = width[i];
		if (*t->columns[i] == '>')
			owed += width[i] - w;
		if (*text) {
			fprintf(f, "%*s", (int)owed, "");
			owed = 0;
			w = table_text(f, text, width[i]);
		}
		owed += GAP + (*t->columns[i] == '>' ? 0 : width[i] - w);
	}
	fputc('\n', f);
}

void table_print(const struct table *t, FILE *f, unsigned limit)
{
	unsigned width[TABLE_COLUMNS] = { 0 };

	for (size_t r = 0; r < t->rows; r++)
		for (unsigned i = 0; i < t->count; i++) {
			const char *cell = t->cells[r * t->count + i];
			unsigned w = cell ? table_width(cell) : 0;

			if (w > width[i])
				width[i] = w;
		}
	for (unsigned i = 0; i < t->count; i++) {
		unsigned w = table_width(heading(t, i));

		if (width[i] && w > width[i])
			width[i] = w;
	}
	if (limit)
		shrink(width, t->count, limit);
	print_row(t, f, NULL, width);
	for (size_t r = 0; r < t->rows; r++)
		print_row(t, f, (const char *const *)&t->cells[r * t->count], width);
}
