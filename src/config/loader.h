/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * loader.h - what the files of this room share while a configuration is read.
 *
 *   syntax.c   the text: brackets, quotes, commas, and each value as written
 *   schema.c   the table of sections and keys
 *   value*.c   setters: a value is judged and stored in its field
 *   load.c     text -> libconfig -> schema -> struct config
 *   check*.c   what no value shows by itself: names, limits, contradictions
 *   report.c   the errors, in the file's order
 *
 * Want of memory is sticky (loader.no_memory): the work goes on with empty
 * values, and config_load() ends with that one error.
 */
#ifndef CONFIG_LOADER_H
#define CONFIG_LOADER_H

#include <libconfig.h>
#include <stdio.h>
#include <sys/stat.h>

#include "config/config.h"
#include "config/pool.h"
#include "config/schema.h"
#include "config/syntax.h"

struct report_entry {
	unsigned line;
	unsigned order;
	char *text;
};

struct loader {
	struct config *conf;
	struct config_pool *pool;	/* the configuration's */
	struct config_pool *scratch;	/* gone when loading is over */
	const char *file;
	size_t directory;		/* length of the file's directory, with '/' */
	config_t raw, defaults;
	struct report_entry *errors;
	size_t error_count, error_room;
	bool no_memory;
};

/* An error at the place of a setting, which is never NULL; its group and all
 * around it count as faulty from then on. */
void report_at(struct loader *, const config_setting_t *, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* An error in that line, 0: of the file as a whole. */
void report_line(struct loader *, unsigned line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Tells all errors, in the order of lines, each once. */
void report_tell(struct loader *, config_error_fn *, void *arg);

/* Something in this group has been found wrong: what is missing in it may be
 * what is misspelt, so that a further error would mislead. */
bool setting_faulty(const config_setting_t *);
unsigned setting_line(const config_setting_t *);
/* As written in the file; NULL for a default. */
const struct literal *setting_literal(const config_setting_t *);

/* Never NULL, "" when there is no memory. */
const char *keep_text(struct loader *, const char *text);
/* NULL when there is no memory or count is 0. */
void *keep_array(struct loader *, size_t count, size_t size);

/* Sets every field of a section's object at `base` from `group`, or from the
 * defaults where `group` (which may be NULL) does not have the key. */
void section_load(struct loader *, const struct section *,
		  const config_setting_t *group, void *base);

/* Fields whose defaults depend on others. */
void defaults_finish(struct loader *);

/* check.c and friends: errors only, no change. */
void check_all(struct loader *);

/* The word of the list that text comes nearest to, NULL: none is near. */
const char *suggest(const char *text, const char *(*word)(const void *, size_t),
		    const void *list, size_t count);

/* Opens a file to read; NULL and errno on error. Never waits, as a FIFO would
 * make it; whether it is a regular file is to be seen from *st. */
FILE *file_open(const char *path, struct stat *st);

#endif
