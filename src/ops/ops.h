/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * ops.h - what an operator sees of the daemon: the control socket and the call
 * detail records. It observes the box; what it needs of other rooms comes
 * through struct ops_source, which the gateway fills.
 *
 * The socket speaks one JSON object a line, both ways; tipring(1) lists the
 * commands.
 */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

struct box;
struct loop;
struct media_stats;
struct ops;
struct trunk;

/* The protocol's side of a trunk. Strings may be "", never NULL; they are read
 * at once. Times in s, -1: unknown. */
struct ops_trunk {
	const char *registration, *target, *server, *last_error;
	char address[64];
	int next_s, expires_s;
	unsigned line_accounts, registered_lines;
	unsigned calls, calls_in, calls_out, failed;
};

/* One server of a trunk, the account of one of its lines, or a mailbox that is
 * subscribed to. next_s: until something happens there, -1 nothing will. */
enum ops_part_kind { OPS_SERVER, OPS_ACCOUNT, OPS_MAILBOX };
struct ops_part {
	enum ops_part_kind kind;
	const char *name;		/* of the line or mailbox; "" for servers */
	const char *state, *error;
	char address[64];
	int next_s;
};
typedef void ops_part_fn(void *to, const struct ops_part *);

/* Counters of the whole program. */
struct ops_counters {
	uint64_t sip_strangers, sip_dropped, sip_rests, sip_malformed;
	uint64_t pump_turns, pump_late, events_lost;
	/* The longest turn of signalling and of the pump so far, by the clock and in
	 * processor time (turn.h). */
	uint64_t sip_longest_us, sip_longest_own_us;
	uint64_t pump_longest_us, pump_longest_own_us;
	bool real_time;
};

/* One who is no trunk and sent requests. The lists end with "". */
struct ops_attacker {
	char source[56];
	uint64_t requests;
	uint64_t wrong;		/* of these, with a wrong user or password */
	uint64_t first, last;		/* ms of signalling's clock */
	char methods[8][16], agents[4][64], called[8][40];
};
typedef void ops_attacker_fn(void *arg, const struct ops_attacker *);

struct ops_source {
	/* Reads the configuration again. 0, or -errno after each error was told
	 * to error(); then nothing has changed. */
	int (*reload)(void *arg, config_error_fn *error, void *error_arg);
	void (*trunk)(void *arg, const struct trunk *, struct ops_trunk *);
	/* NULL: none is known. */
	void (*trunk_parts)(void *arg, const struct trunk *, ops_part_fn *, void *to);
	void (*counters)(void *arg, struct ops_counters *);
	/* The latest first. NULL: there are none. */
	void (*attackers)(void *arg, ops_attacker_fn *, void *fn_arg);
	void *arg;
};

struct ops_options {
	struct loop *loop;
	struct box *box;
	const struct config *conf;	/* until ops_reconf() or ops_free() */
	struct ops_source source;
	/* ms since 1970; NULL: the machine's clock. For tests. */
	int64_t (*wall_clock)(void);
};

/* Opens the control socket and watches the box. NULL and why (cause and cure)
 * on error. A record file that cannot be opened is only warned of. */
struct ops *ops_new(const struct ops_options *, char *why, size_t size);
void ops_free(struct ops *);	/* NULL is legal */

/* Another configuration is in force: records go where it says. */
void ops_reconf(struct ops *, const struct config *);

/* Opens the record file anew. */
void ops_reopen(struct ops *);

#endif
