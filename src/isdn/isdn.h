/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * isdn.h - primary rate spans: trunks of core whose far end speaks Q.931. One
 * thread, signalling's.
 */
#ifndef ISDN_ISDN_H
#define ISDN_ISDN_H

#include "base/loop.h"
#include "config/config.h"
#include "core/box.h"
#include "tipring/dchannel.h"
#include "tipring/trunk.h"

struct isdn;

struct isdn_options {
	struct loop *loop;
	struct box *box;
	struct media *media;
	/* The driver of a port's name, and what stands behind its slash. */
	const struct line_driver *(*find)(const char *port, const char **address);
	/* The country's tones as the pump may keep them; NULL: no memory. */
	const struct tone *(*tones)(void *arg, const struct tone *);
	void *arg;
};

/* The spans of the box's configuration. A span whose D channel cannot be opened
 * is down and tried again. NULL: out of memory. */
struct isdn *isdn_new(const struct isdn_options *);
/* Takes a new configuration, before core does. A span that has not changed runs
 * on; one that is gone or speaks otherwise ends with its last call. */
int isdn_reload(struct isdn *, const struct config *);
/* No new calls from now on. */
void isdn_shutdown(struct isdn *);
/* Legs that still have a call are released first; then ends are given back. NULL
 * is legal. */
void isdn_close(struct isdn *);
/* After media has gone: ends whose pump has stopped tell nobody. NULL is legal. */
void isdn_free(struct isdn *);

struct span_status {
	const char *port;
	unsigned channels;	/* B channels of the span */
	unsigned free, used, out;	/* of these; out: of service, restarting */
	unsigned busied_out;		/* by the operator, in a call or not */
	unsigned calls_in, calls_out, failed;	/* so far */
};

/* False: the trunk is none of these. */
bool isdn_span_status(const struct isdn *, const struct trunk *, struct span_status *);

#endif
