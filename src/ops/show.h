/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * show.h - core's objects as JSON: the same for the control socket, its events
 * and the call detail record. All return a new reference, NULL: out of memory.
 * Names of fields are an interface: they may be added, not changed.
 */
#ifndef OPS_SHOW_H
#define OPS_SHOW_H

#include <jansson.h>
#include <stdint.h>

#include "core/box.h"
#include "ops/ops.h"

/* The same moment on both clocks, in ms: signalling's and since 1970. */
struct show_clock {
	uint64_t mono;
	int64_t wall;
};

/* A string that is UTF-8 whatever came from a wire: other bytes become '?'. */
json_t *show_text(const char *);

/* "2026-11-23T07:12:01.123Z" of a time of signalling's clock, null for 0. */
json_t *show_time(const struct show_clock *, uint64_t mono);

json_t *show_line(const struct line *, const struct show_clock *);
json_t *show_trunk(const struct trunk *, const struct ops_trunk *);
json_t *show_part(const struct ops_part *);
json_t *show_group(const struct group_info *);
json_t *show_limit(const char *what, const struct limit *);

/* A call that lasts. */
json_t *show_call(const struct call_record *, const struct show_clock *);

/* A call that has ended: the call detail record. */
json_t *show_record(const struct call_record *, const struct config *,
		    const struct show_clock *);

const char *show_codec(enum codec);

/* How all of it is written: one line, ms and tenths without binary dust. */
#define SHOW_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(12))

struct ops_attacker;
struct fraud_refusal;
struct fraud_usage;
json_t *show_refusal(const struct fraud_refusal *, const struct show_clock *);
json_t *show_usage(const struct fraud_usage *);
json_t *show_attacker(const struct ops_attacker *, const struct show_clock *);

#endif
