/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fraud.h - the toll-fraud guard: what may be called, when, how often. Every
 * second leg that goes out passes it, whatever asked for the call: a line, a
 * trunk, a transfer, a redirection. Emergency calls are not judged.
 *
 * Judged is the number as it goes out. What the file says holds for all; a
 * trunk's own `allow` stands in its place, a line's comes on top.
 *
 * Times are s of the wall clock: what was counted outlives a restart.
 */
#ifndef CORE_FRAUD_H
#define CORE_FRAUD_H

#include "core/box.h"
#include "tipring/party.h"

struct call;
struct fraud;
struct line;

/* ---------------------------------------------------------- fraud_number.c */

/* Where a number leads. */
struct fraud_number {
	enum {
		FRAUD_LOCAL,	/* short, or without area code: of this country */
		FRAUD_COUNTRY,
		FRAUD_ABROAD,
	} where;
	bool premium;
	char dialled[PARTY_NUMBER_SIZE];
	char full[PARTY_NUMBER_SIZE];	/* "+4930..."; "": local */
};

/* A number may stand inside service codes ("*31#0044...", "*21*0900...#"): each
 * that is there. How many. */
#define FRAUD_NUMBERS 6
unsigned fraud_numbers(struct fraud_number out[FRAUD_NUMBERS], const char *dialled,
		       const struct country *);

/* Is it one of a destination, "country", "any", "+44", or a digit map? */
bool fraud_matches(const char *destination, const struct fraud_number *);

/* ----------------------------------------------------------- fraud_meter.c */

/* What one trunk, line or the box has used: in steps of 5 minutes, a day long. */
#define METER_STEP 300
#define METER_STEPS 288
struct fraud_meter {
	struct list_head node;
	char kind[8], name[48];		/* "box" "", "trunk" "acme" */
	struct {
		uint32_t step;		/* wall clock / METER_STEP */
		uint32_t calls, seconds;
	} at[METER_STEPS];
};

struct fraud_used {
	unsigned calls_hour, calls_day, seconds_hour, seconds_day;
};

void fraud_meter_add(struct fraud_meter *, int64_t now, unsigned calls,
		     unsigned seconds);
void fraud_meter_read(const struct fraud_meter *, int64_t now, struct fraud_used *);

/* ----------------------------------------------------------------- fraud.c */

struct fraud *fraud_new(void);
void fraud_free(struct fraud *);

/* The call is about to go to a trunk, or to a line that dials the number. 0, or
 * -EPERM and why. */
int fraud_check(struct call *, const char *trunk, const struct line *line,
		const char *number, struct release *why);
/* It has ended: it counts. */
void fraud_ended(struct call *);

/* -------------------------------------------------------------- for showing */

struct fraud_refusal {
	uint64_t when;			/* ms of the box's clock */
	char from[48], to[48], number[PARTY_NUMBER_SIZE];
	char why[192];
};
#define FRAUD_REFUSALS 64

struct fraud_usage {
	const char *kind, *name;
	const struct config_fraud *limits;
	struct fraud_used used;		/* calls that last included */
};

uint64_t box_fraud_refused(const struct box *);		/* calls so far */
/* The latest first. */
void box_each_refusal(const struct box *, void (*)(void *, const struct fraud_refusal *),
		      void *arg);
/* All that have a limit. */
void box_each_fraud_usage(struct box *, void (*)(void *, const struct fraud_usage *),
			  void *arg);
/* "" when there is none. */
const char *box_fraud_alarm(const struct box *);

/* What is to outlive a restart, a line each: text without the newline. */
void box_fraud_save(struct box *, void (*)(void *, const char *line), void *arg);
/* A line of it. What is too old is left out; so is what makes no sense or has
 * not come yet: -EINVAL. */
int box_fraud_restore(struct box *, const char *line);

#endif
