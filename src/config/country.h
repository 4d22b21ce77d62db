/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * country.h - what the room itself knows about countries; others ask
 * country_find() of config.h.
 */
#ifndef CONFIG_COUNTRY_H
#define CONFIG_COUNTRY_H

#include "config/config.h"

#define COUNTRY_EMERGENCY 7	/* numbers a country has at most */
#define COUNTRY_ROWS_MOST 64

struct country_row {
	const char *code, *zone;	/* ours, libtonezone's */
	const char *name, *calling_code;
	const char *national_prefix, *international_prefix;	/* "": none */
	enum callerid_standard callerid;
	const char *codes;	/* of CALLERID_DTMF: "AC", what stands around */
	enum audio_format law;
	const char *emergency[COUNTRY_EMERGENCY + 1];
};

extern const struct country_row country_rows[];
extern const size_t country_row_count;

/* What a standard is called, and how it goes; waiting: during a call, NULL: it
 * does not. */
struct callerid_row {
	const char *name, *what, *waiting;
};

#define CALLERID_STANDARDS (CALLERID_DTMF + 1)
extern const struct callerid_row callerid_rows[CALLERID_STANDARDS];

/* Never NULL. */
const struct dial_plan *country_dial_plan(const char *code);

/* How loud each frequency of this tone shall be, in 0.1 dBm0. */
int16_t country_tone_level(const struct country *, enum tone_id,
			   const struct tone *);

#endif
