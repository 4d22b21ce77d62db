/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * syntax.h - looks through the text of a configuration before libconfig reads
 * it. libconfig says "syntax error" and no more, stops at the end of what was
 * meant rather than at its cause, and forgets how a number was written.
 */
#ifndef CONFIG_SYNTAX_H
#define CONFIG_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "config/pool.h"

/* One value as it stands in the file. */
struct literal {
	const char *text;	/* not ended by a zero */
	size_t length;		/* 0 for groups, lists and arrays */
	unsigned line;		/* of its name, where it has one */
	char type;		/* 's' string, 'i' integer, 'f' float, 'b' bool,
				   or the bracket that opens it */
	bool faulty;		/* report.c's */
	/* the scan's own */
	const char *name;
	size_t name_length;
	struct literal *before;	/* the one before it in the same group */
};

struct syntax {
	struct literal **values;	/* in the file's order */
	size_t count, room;
	unsigned error_line;
	char error[240];
};

/* text ends with a zero at text[length]. 0; -EINVAL: error_line and error tell
 * the first error; -ENOMEM. */
int syntax_scan(struct syntax *, struct config_pool *, const char *text,
		size_t length);

#endif
