/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * config-help.h - for the tests of src/config: a directory of its own to work
 * in, and a configuration from a string.
 */
#ifndef CONFIG_HELP_H
#define CONFIG_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/config.h"

#define HELP_FILE "c.conf"	/* in the test's directory, which is the current one */

struct help_errors {
	char text[32768];	/* each with a newline behind it */
	int count;
};

/* Make and remove the directory; for cmocka's group. */
int help_start(void **state);
int help_end(void **state);

/* The source tree: $SOURCE, or the directory above the one we start in. */
extern char help_source[4096];

void help_write(const char *file, const char *text, int mode);
/* For config_load(): the errors one behind the other; only their number. */
config_error_fn help_collect, help_count;
/* Loads text as c.conf. */
struct config *help_load(const char *text, struct help_errors *);
/* It loads without an error; freed by the caller. */
struct config *help_good(const char *text);
/* It does not load, and these are the errors. */
void help_bad(const char *text, const char *errors);
/* A text with every OLD in it replaced; malloc'ed. */
char *help_replace(const char *text, const char *old, const char *new);
/* A whole file; malloc'ed. */
char *help_read(const char *path);

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#endif
