/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * table.h - rows of text in aligned columns. Texts are UTF-8 of any origin:
 * control characters and broken bytes are printed as '?', and a column counts
 * what a terminal shows, not bytes.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdio.h>

#define TABLE_COLUMNS 16

struct table;

/* Columns as "NAME", numbers as ">NAME" (to the right); NULL ends them. An
 * empty column is not printed. NULL: out of memory. */
struct table *table_new(const char *const *columns);
void table_free(struct table *);

/* One text a column, copied. */
void table_row(struct table *, const char *const *cells);

/* width: of the terminal; columns are cut to fit, the widest first; 0: any. */
void table_print(const struct table *, FILE *, unsigned width);

/* Columns that a text takes on a terminal. */
unsigned table_width(const char *text);

/* Of a terminal, 0 where f is none. */
unsigned terminal_width(FILE *f);

/* Prints a text safely, cut to width columns (0: all of it), and returns how
 * many columns it took. */
unsigned table_text(FILE *, const char *text, unsigned width);

#endif
