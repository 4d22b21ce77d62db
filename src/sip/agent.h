/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * agent.h - the trunk side of the gateway: one SIP user agent for all trunks.
 *
 * The agent makes the trunks of a configuration, keeps them registered or
 * probed, gives them to core and turns INVITEs into legs. It takes its voice
 * paths from media's operations and knows no line. One thread: the one that
 * runs the loop, which must be made by loop_su_new().
 */
#ifndef SIP_AGENT_H
#define SIP_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

struct agent;
struct box;
struct loop;
struct media;
struct trunk;

/* The signalling thread's loop: base/loop.h on sofia's su_root, which stays in
 * the caller's thread. Free it after the agent. NULL and errno on error. */
struct loop *loop_su_new(void);

/* Opens the listeners and starts the trunks of conf; each is added to the box
 * with box_trunk_add(). NULL and why (cause and cure) when a listener cannot
 * be opened, a secret file cannot be read or a library guard is not in effect.
 * conf must live until agent_reload() or agent_free() has returned; loop, box
 * and media until agent_free() has. */
struct agent *agent_new(struct loop *, const struct config *conf, struct box *,
			struct media *, char *why, size_t size);

/* Takes a new configuration: trunks come, change and go, calls stay. A trunk
 * that is gone takes no more calls and leaves the box with its last one. The
 * listeners cannot change while the program runs. On error, -errno and why, the
 * old configuration stays in force; else the old one is not used any more. */
int agent_reload(struct agent *, const struct config *conf, char *why,
		 size_t size);

/* Our own address has changed: every account registers anew at once, with its
 * new Contact, and every target is probed. */
void agent_renew(struct agent *);

/* Refuses new calls with 503, unregisters, and waits until every BYE has its
 * answer, at most TIMER_SHUTDOWN's time; then calls done(arg) once. Core ends
 * the calls, before or meanwhile. */
void agent_shutdown(struct agent *, void (*done)(void *arg), void *arg);

/* After done(). Legal at any time, then peers learn nothing. NULL is legal. */
void agent_free(struct agent *);

/* ------------------------------------------------------------ for showing */

/* Times in s. Strings stay valid until the trunk changes. */
struct trunk_status {
	const char *name;
	const char *registration;	/* "registered", "registering", "waiting",
					   "resolving", "unregistering", "stopped"
					   or "" when it does not register */
	const char *target;		/* "reachable", "probing", "silent" ...; ""
					   when it is not probed */
	const char *server;		/* as configured, "sip.example.net" */
	char address[64];		/* in use, "udp 192.0.2.1:5060"; "" unknown */
	const char *last_error;		/* "401 Unauthorized: wrong user or secret" */
	bool up;
	int next_s;			/* until the next attempt or refresh; -1 none */
	int expires_s;			/* what the registrar granted; 0 none */
	unsigned registered_lines;	/* own accounts of lines, and those of them */
	unsigned line_accounts;		/* that are registered */
	unsigned calls;			/* legs that live */
	unsigned calls_in, calls_out;	/* since the start */
	unsigned failed;		/* INVITEs of ours that the server refused */
};

void agent_trunk_status(const struct trunk *, struct trunk_status *);

/* One address of a trunk's server, or (line is not NULL) a line's own account, or
 * (mailbox is not NULL) a subscription. */
struct trunk_part {
	const char *line, *mailbox, *state, *error;
	char address[64];
	int next_s;		/* until something happens there; -1 nothing will */
};
void agent_trunk_parts(const struct trunk *,
		       void (*)(void *arg, const struct trunk_part *), void *arg);

/* Counters of the whole agent since its start. */
struct agent_stats {
	uint64_t strangers;		/* requests from addresses of no trunk */
	uint64_t dropped;		/* of a trunk, above sip.max_requests */
	uint64_t rests;			/* of connections above it */
	uint64_t malformed;		/* descriptions that could not be read */
	uint64_t invites_in, invites_out;
	unsigned legs;			/* that live, with those that end */
	uint64_t longest_us, longest_own_us;	/* turn of signalling (turn.h) */
};

void agent_get_stats(const struct agent *, struct agent_stats *);

/* Strangers that sent something, the latest first (attackers.h). */
struct attacker;
void agent_each_attacker(void (*)(void *arg, const struct attacker *), void *arg);

#endif
