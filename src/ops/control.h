/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * control.h - the control socket: a Unix stream socket, several clients, one
 * JSON object a line from each and one line back for each. A client may ask to
 * be told of events, then their lines come as well, in between.
 *
 * Nobody can hold the daemon up: a request line has at most CONTROL_LINE bytes,
 * a client that does not read is dropped, and so is one over CONTROL_CLIENTS.
 */
#ifndef OPS_CONTROL_H
#define OPS_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/loop.h"

#define CONTROL_LINE 65536		/* bytes of a request */
#define CONTROL_CLIENTS 32
#define CONTROL_EVENTS (256 * 1024)	/* bytes of events that may wait */
#define CONTROL_STUCK_MS 10000		/* a reply waits so long to be read */

struct control;
struct client;

/* Answers one request; the reply is taken over. NULL: out of memory, or it was
 * put off by client_later(). */
typedef json_t *control_fn(void *arg, struct client *, const json_t *request);
/* A client that still waits for client_answer() has gone. */
typedef void control_gone_fn(void *arg, struct client *);

/* path: replaced when a dead daemon left it; refused when a live one answers.
 * group: who may connect besides the owner, "" nobody. NULL and why on error. */
struct control *control_new(struct loop *, const char *path, const char *group,
			    control_fn *, void *arg, char *why, size_t size);
void control_free(struct control *);	/* takes the socket away; NULL is legal */

/* Whom to tell of such clients; arg is control_new()'s. */
void control_tell_gone(struct control *, control_gone_fn *);

/* Sends an event to each client that watches; takes it over. */
void control_event(struct control *, json_t *event);
bool control_watched(const struct control *);

/* From a control_fn: the reply will come by client_answer(), once, which takes it
 * over; no further request of this client is looked at until then. */
void client_later(struct client *);
void client_answer(struct client *, json_t *reply);
/* From now on the client gets events. */
void client_watch(struct client *);
/* "uid 1000 (alice), pid 812" of the client, for the log. */
void client_who(const struct client *, char *text, size_t size);

/* {"ok":false,"error":"..."} */
json_t *control_error(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

#endif
