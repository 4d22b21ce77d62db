/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * schema.h - the table of all sections and keys. tipring.conf(5) is held
 * against it by a test.
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <libconfig.h>
#include <stdbool.h>
#include <stddef.h>

struct key;
struct loader;
struct section;

/* Judges a value and stores it at `field`; a wrong one is reported. */
typedef void key_set_fn(struct loader *, const struct key *,
			const config_setting_t *, void *field);
/* NULL: right; else what is wrong, as the end of a sentence that begins with
 * the text. May use the buffer. */
typedef const char *text_check_fn(const char *text, char *buffer, size_t size);

struct word {
	const char *text;
	int value;
};

struct key {
	const char *name;
	key_set_fn *set;
	size_t offset, size;		/* of the field */
	size_t count_offset;		/* of the number of elements */
	const char *standard;		/* default, as it would be written */
	const char *absent;		/* or what happens without, in words */
	const char *shape;		/* what may be written; NULL: from below */
	const char *what;		/* one sentence for people */
	long least, most;		/* numbers, lengths of lists */
	const char *unit;
	const struct word *words;
	text_check_fn *check;
	const struct section *section;	/* groups and lists of them */
	bool required;
};

struct section {
	const char *name;		/* "lines" */
	const char *one;		/* "line": one of them, in sentences */
	const struct key *keys;
	size_t key_count;
	size_t size;			/* of an element's struct, 0: no list */
	void (*prepare)(void *base);	/* fields that have no default text */
};

extern const struct section *const sections[];	/* the file itself comes first */
extern const size_t section_count;

/* What may be written, for messages and the manual page: "0 to 9999",
 * "\"udp\" or \"tcp\"". Returns buffer. */
const char *key_shape(const struct key *, char *buffer, size_t size);

/* Why a name that is no key is not one, where we know; else NULL. */
const char *key_unbuilt(const struct section *, const char *name);

#endif
