/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/e164.h"

#include <stdio.h>
#include <string.h>

#define SHORTEST 7	/* national numbers, prefix included; below: services */
#define SHORTEST_BARE 8	/* with a country code in front */
#define LONGEST 15	/* E.164 section 6.2.1 */

static bool starts(const char *number, const char *prefix)
{
	return prefix[0] && !strncmp(number, prefix, strlen(prefix));
}

static bool all_digits(const char *s)
{
	return s[strspn(s, "0123456789")] == '\0';
}

static bool put(char out[PARTY_NUMBER_SIZE], const char *country_code,
		const char *rest)
{
	size_t n = strlen(country_code) + strlen(rest);

	if (n < SHORTEST || n > LONGEST || (!country_code[0] && rest[0] == '0'))
		return false;
	return snprintf(out, PARTY_NUMBER_SIZE, "+%s%s", country_code, rest) > 0;
}

/* North America dials ten digits, with or without the 1. */
static bool read_nanp(char out[PARTY_NUMBER_SIZE], const char *number)
{
	size_t n = strlen(number);

	if (n == 11 && number[0] == '1' && number[1] >= '2')
		return put(out, "", number);
	return n == 10 && number[0] >= '2' && put(out, "1", number);
}

bool e164_read(char out[PARTY_NUMBER_SIZE], const char *from,
	       const struct e164_plan *plan, bool bare)
{
	char text[PARTY_NUMBER_SIZE];
	const char *number = text;
	size_t n = (size_t)snprintf(text, sizeof(text), "%s", from);

	memcpy(out, text, sizeof(text));
	if (n >= 40 || !all_digits(number + (number[0] == '+')))
		return false;
	if (number[0] == '+')
		return n > 1;
	if (n < SHORTEST)
		return false;
	/* Before the prefixes: where the provider never sends one, 00 cannot
	 * begin a number, and a country code is no national prefix. */
	if (bare && n >= SHORTEST_BARE && number[0] != '0')
		return put(out, "", number);
	if (starts(number, plan->international_prefix))
		return put(out, "", number + strlen(plan->international_prefix));
	if (!strcmp(plan->country_code, "1"))
		return read_nanp(out, number);
	if (!plan->national_prefix[0])
		return put(out, plan->country_code, number);
	/* 8 as Russia has it also begins numbers: only with ten more. */
	if (!starts(number, plan->national_prefix) ||
	    (plan->national_prefix[0] != '0' && n < 9 + strlen(plan->national_prefix)))
		return false;
	number += strlen(plan->national_prefix);
	return number[0] != '0' && put(out, plan->country_code, number);
}

void e164_write(char out[PARTY_NUMBER_SIZE], const char *number,
		enum number_format format, const struct e164_plan *plan)
{
	char text[PARTY_NUMBER_SIZE];
	const char *digits = number + 1, *prefix = plan->international_prefix;
	bool own = number[0] == '+' && starts(digits, plan->country_code);

	snprintf(text, sizeof(text), "%s", number);
	if (number[0] == '+' && format == NUMBER_E164)
		snprintf(text, sizeof(text), "%s", digits);
	if (number[0] == '+' && format == NUMBER_NATIONAL) {
		if (own) {
			digits += strlen(plan->country_code);
			prefix = strcmp(plan->country_code, "1") ?
					 plan->national_prefix : "";
		}
		snprintf(text, sizeof(text), "%s%s", prefix, digits);
	}
	memcpy(out, text, sizeof(text));
}
