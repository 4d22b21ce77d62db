/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * gateway.h - the composition: from a configuration to running lines, trunks
 * and an operator's socket, through reloads, to the end.
 */
#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct gateway;
struct loop;

struct gateway_options {
	bool keep_log_level;	/* the command line's goes before the file's */
};

/* Checks what the configuration's own schema cannot know: drivers, and what the
 * ports that are there can do. Every error is told. 0 or -EINVAL. */
int gateway_check(const struct config *, config_error_fn *, void *arg);

/* Prints the ports there are and a section of lines for them, with the first
 * trunk of the configuration, if there is one. The program's status. */
int gateway_scan(const char *file);

/* Starts everything. The configuration is taken over, also on failure; then
 * NULL, and why has cause and cure. A line whose port cannot be opened is no
 * failure: it is out of service and tried again. */
struct gateway *gateway_new(struct loop *, struct config *,
			    const struct gateway_options *, char *why, size_t size);

/* Stops at once: peers learn nothing, lines go on hook. NULL is legal. */
void gateway_free(struct gateway *);

/* Reads the file again. 0, or -errno after every error was told; then nothing
 * has changed. */
int gateway_reload(struct gateway *, config_error_fn *, void *arg);

/* SIGHUP: reloads, opens the record file anew, and tells errors to the log. */
void gateway_hangup(struct gateway *);

/* Ends every call, puts every line on hook, unregisters; done(arg) is called
 * when all is quiet, or when TIMER_SHUTDOWN has run out. */
void gateway_shutdown(struct gateway *, void (*done)(void *arg), void *arg);

#endif
