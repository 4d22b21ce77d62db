/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Keys of fraud = { ... }: of the file, of a trunk, of a line. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digit_map.h"
#include "config/schema_row.h"

/* "country", "any", "+44", "+4479xx", or a digit map. */
static const char *check_destination(const char *text, char *buffer, size_t size)
{
	char why[160];

	if (!strcmp(text, "country") || !strcmp(text, "any"))
		return NULL;
	if (*text == '+') {
		if (text[1] && text[1 + strspn(text + 1, "0123456789x")] == '\0' &&
		    strlen(text) <= 20)
			return NULL;
		return "is no beginning of an international number; like +44 or +4479xx";
	}
	if (!digit_map_check(text, why, sizeof(why)))
		return NULL;
	snprintf(buffer, size, "is neither \"country\", \"any\" nor +DIGITS, and no digit map: %s",
		 why);
	return buffer;
}

static const char *check_hours(const char *text, char *buffer, size_t size)
{
	struct config_hours h;

	if (!config_hours_read(&h, text))
		return NULL;
	return "is no time; write DAYS FROM-TO, like \"mon-fri 07:30-18:00\"";
}

#define F struct config_fraud
static const struct key fraud_keys[] = {
	{ "allow", .set = set_texts, COUNTED(F, allow, allow_count),
	  .check = check_destination, .least = 1, .most = 256,
	  .shape = "a list of \"country\", \"any\", \"+DIGITS\" and digit maps",
	  .absent = "for the file \"country\", for a trunk the file's, for a line any",
	  .what = "destinations that may be called" },
	{ "refuse", .set = set_texts, COUNTED(F, refuse, refuse_count),
	  .check = check_destination, .least = 1, .most = 256,
	  .shape = "a list of \"+DIGITS\" and digit maps",
	  .absent = "none", .what = "destinations that may not, whatever allow says" },
	{ "premium", BOOL(F, premium, "false"),
	  .what = "premium-rate numbers of the country, and of satellites, may be called" },
	{ "calls_hour", NUMBER(F, calls_hour, 0, 1000000, NULL, "0"),
	  .what = "calls begun in any hour; 0 no limit" },
	{ "calls_day", NUMBER(F, calls_day, 0, 1000000, NULL, "0"),
	  .what = "calls begun in any 24 hours; 0 no limit" },
	{ "minutes_hour", NUMBER(F, minutes_hour, 0, 1000000, NULL, "0"),
	  .what = "minutes talked in any hour, after which no call begins; 0 no limit" },
	{ "minutes_day", NUMBER(F, minutes_day, 0, 1000000, NULL, "0"),
	  .what = "minutes talked in any 24 hours, after which no call begins; 0 no limit" },
	{ "hours", .set = set_texts, COUNTED(F, hours, hours_count),
	  .check = check_hours, .least = 1, .most = 32,
	  .shape = "a list of \"DAYS FROM-TO\", like \"mon-fri 07:30-18:00\"",
	  .absent = "always", .what = "business hours, in local time" },
	{ "closed_allow", .set = set_texts, COUNTED(F, closed_allow, closed_allow_count),
	  .check = check_destination, .least = 1, .most = 256,
	  .shape = "a list of \"country\", \"any\", \"+DIGITS\" and digit maps",
	  .absent = "emergency numbers only",
	  .what = "destinations that may be called outside hours" },
	{ "burst", NUMBER(F, burst, 0, 1000, NULL, "5"),
	  .what = "so many numbers abroad within 10 minutes that were never called before are an alarm; 0 never; only for the file" },
};
#undef F

const struct section fraud_section = {
	"fraud", "fraud", KEYS(fraud_keys), 0, NULL,
};
