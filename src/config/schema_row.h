/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * schema_row.h - what the tables of keys are written with, and what they share.
 */
#ifndef CONFIG_SCHEMA_ROW_H
#define CONFIG_SCHEMA_ROW_H

#include "config/schema.h"
#include "config/value.h"

#define FIELD(type, member)                                          \
	.offset = offsetof(type, member),                            \
	.size = sizeof(((type *)NULL)->member)
#define COUNTED(type, member, count)                                 \
	FIELD(type, member), .count_offset = offsetof(type, count)
#define KEYS(array) .keys = array, .key_count = sizeof(array) / sizeof(*(array))

/* What most keys are. The rest of a row is given behind it by name. */
#define TEXT(type, member, test)                                     \
	.set = set_text, FIELD(type, member), .check = test, .standard = "\"\""
#define BOOL(type, member, value)                                    \
	.set = set_bool, FIELD(type, member), .standard = value
#define NUMBER(type, member, from, to, in, value)                    \
	.set = set_number, FIELD(type, member), .least = from, .most = to, \
	.unit = in, .standard = value
#define WORD(type, member, list, value)                              \
	.set = set_word, FIELD(type, member), .words = list, .standard = value
#define LIMIT(type, member)                                          \
	.set = set_number, FIELD(type, member), .most = 9999, .absent = "no limit"
#define GROUP(sub)                                                   \
	.set = set_section, .section = &sub, .standard = "{ }"

extern const struct word over_limits[], trunk_transfers[];
extern const struct section trunks_section, trunk_groups_section; /* schema_trunk.c */
extern const struct section spans_section;	/* schema_span.c */
extern const struct section lines_section, did_section, echo_section; /* schema_line.c */
extern const struct section fraud_section;	/* schema_fraud.c */
extern const struct section groups_section;	/* schema_route.c */
extern const struct section routes_section;
extern const struct section cadences_section, ringing_section;	/* schema_ring.c */

#endif
