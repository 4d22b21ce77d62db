/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * learned.h - what lines have learned, as JSON: for the operator, and in a file
 * of the state directory so that it outlives a restart.
 */
#ifndef OPS_LEARNED_H
#define OPS_LEARNED_H

#include <jansson.h>

#include "base/list.h"

struct config;
struct learned;
struct loop;

/* An array of lines. conf: tells which ones use what they learned; NULL: in a
 * file nothing is said of that. */
json_t *learned_show(const struct list_head *lines, const struct config *conf);

/* Takes over what such an array says; what is no line of it is left out. How
 * many lines were read. */
unsigned learned_read(struct list_head *lines, const json_t *array);

/* Reads DIRECTORY/learned.json into the list of struct learn_line; "" keeps no
 * file. A file that cannot be read is put aside, and said. NULL: no memory. */
struct learned *learned_new(struct loop *, struct list_head *lines,
			    const char *directory);
/* Something changed: it is written within a second. */
void learned_changed(struct learned *);
void learned_free(struct learned *);	/* writes what is not written */

#endif
