/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include <jansson.h>

struct cli;
struct table;

struct list {
	const char *key;	/* of the reply */
	const char *none;	/* what to say instead of an empty table */
	const char *const *columns;
	void (*row)(struct table *, const json_t *);
};

/* Asks for it by the command's own name and prints it; an exit status. */
int list_ask(struct cli *, const struct list *);
/* Prints it; an exit status. */
int list_show(const struct list *, const json_t *reply);

/* Prints the limits of a reply; an exit status. */
int list_limits(const json_t *reply);

#endif
