/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Keys of distinctive ringing. */
#include "config/schema_row.h"

#define A struct config_cadence
static const struct key cadence_keys[] = {
	{ "name", TEXT(A, name, check_name), .required = true,
	  .what = "what routes, ringing and Alert-Info of a call call it" },
	{ "ring", .set = set_cadence, FIELD(A, ring), .required = true,
	  .least = 2, .most = CADENCE_STEPS,
	  .shape = "a list of ms on, off, on, off, like [ 800, 400, 800, 4000 ]",
	  .what = "how it rings, again and again; a pause of 1800 ms or more has room for caller ID" },
};
#undef A

const struct section cadences_section = {
	"cadences", "cadence", KEYS(cadence_keys), sizeof(struct config_cadence), NULL,
};

#define R struct config_ringing
static const struct key ringing_keys[] = {
	{ "calling", TEXT(R, calling, check_map), .required = true,
	  .what = "digit map of the caller's number" },
	{ "cadence", TEXT(R, cadence, check_name), .required = true,
	  .what = "name of a cadence, or \"bellcore-dr1\" to \"bellcore-dr5\"" },
};
#undef R

const struct section ringing_section = {
	"ringing", "ringing", KEYS(ringing_keys), sizeof(struct config_ringing), NULL,
};
