/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * expect.h - what a script waits for.
 *
 * Events (ring, off-hook, digits...) count when they came behind the last one
 * that this client has matched on the line, tones and silence are states.
 */
#ifndef PBX_EXPECT_H
#define PBX_EXPECT_H

#include "pbx/pbx.h"

#define EXPECT_ALTERNATIVES 8

enum expect_kind {
	EXPECT_EVENT,		/* event */
	EXPECT_DIGITS,		/* text */
	EXPECT_CADENCE,		/* text: on/off/on in ms, about */
	EXPECT_CALLER,		/* text: number */
	EXPECT_NAME,		/* text */
	EXPECT_HEARD,		/* number: enum heard */
	EXPECT_TONE,		/* number: Hz */
	EXPECT_SILENCE,
	EXPECT_VOICE,
};

struct expectation {
	enum expect_kind kind;
	enum pbx_event_type event;
	char text[PBX_TEXT];	/* "": any */
	double number;
};

struct expect {
	struct expectation any[EXPECT_ALTERNATIVES];
	unsigned count;
	char words[128];	/* as it was written */
};

/* From the words of a command: "digits", "123" or "busy|silence". Says how many
 * words it took; -EINVAL and a sentence. */
int expect_parse(struct expect *, char **words, int count, char *why, size_t size);

/* True when it has come. *seen: moved behind the event that was. text gets
 * what it was, where there is more to say than the expectation does. */
bool expect_look(const struct expect *, const struct pbx_line *, uint64_t *seen,
		 char *text, size_t size);

/* "seen since: off-hook, digits 55; hears busy". */
void expect_instead(const struct pbx_line *, uint64_t seen, char *text, size_t size);

#endif
