/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A dialled number in international form (ITU-T E.164), by the country's plan. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/digit_map.h"
#include "core/fraud.h"

/* Shared codes that cost like none other: satellites, international networks
 * and premium rate. */
static const char world_premium[] = "870 881 882 883 979";

/* Digits of `pattern` (length n) at the front of number; 'x' is any. */
static bool begins(const char *number, const char *pattern, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isdigit((unsigned char)number[i]) ||
		    (pattern[i] != 'x' && pattern[i] != number[i]))
			return false;
	return true;
}

/* The length of the longest word of a list that number begins with. */
static size_t front(const char *number, const char *list)
{
	size_t most = 0;

	while (*list) {
		size_t n = strcspn(list, " ");

		if (n > most && begins(number, list, n))
			most = n;
		list += n;
		list += strspn(list, " ");
	}
	return most;
}

static void full(struct fraud_number *n, const char *code, const char *rest)
{
	snprintf(n->full, sizeof(n->full), "+%s%.40s", code, rest);
}

/* North America has ten digits, with or without a 1 before them. */
static void read_nanp(struct fraud_number *n, const char *d, size_t length)
{
	if (length == 11 && d[0] == '1')
		full(n, "", d);
	else if (length == 10 && d[0] > '1')
		full(n, "1", d);
	else if (length > 10)
		full(n, "", d);
}

/* Without any prefix a number is local, or national where there is none; what
 * is too long for that begins with a country code. */
static void read_digits(struct fraud_number *n, const char *d,
			const struct country *c)
{
	const struct dial_plan *plan = c->dial;
	size_t length = strlen(d), prefix = front(d, plan->international);

	if (prefix && length >= prefix + 5) {
		full(n, "", d + prefix);
		return;
	}
	if (!strcmp(c->country_code, "1")) {
		read_nanp(n, d, length);
		return;
	}
	prefix = front(d, c->national_prefix);
	/* Russia's 8 begins numbers, too. */
	if (prefix && (d[0] == '0' || length == prefix + plan->longest)) {
		full(n, c->country_code, d + prefix);
		return;
	}
	if (length > plan->longest)
		full(n, "", d);
	else if (!c->national_prefix[0] && length >= 7)
		full(n, c->country_code, d);
}

static void place(struct fraud_number *n, const struct country *c)
{
	const struct dial_plan *plan = c->dial;
	size_t code = strlen(c->country_code);

	n->where = FRAUD_LOCAL;
	if (!n->full[0]) {
		n->premium = front(n->dialled, plan->services);
		return;
	}
	n->where = FRAUD_ABROAD;
	n->premium = front(n->full + 1, world_premium);
	if (!code || strncmp(n->full + 1, c->country_code, code) ||
	    front(n->full + 1 + code, plan->abroad))
		return;
	n->where = FRAUD_COUNTRY;
	n->premium = front(n->full + 1 + code, plan->premium);
}

static void read_one(struct fraud_number *n, const char *at, size_t length,
		     const struct country *c)
{
	memset(n, 0, sizeof(*n));
	snprintf(n->dialled, sizeof(n->dialled), "%.*s", (int)length, at);
	if (n->dialled[0] == '+')
		full(n, "", n->dialled + 1);
	else
		read_digits(n, n->dialled, c);
	place(n, c);
}

unsigned fraud_numbers(struct fraud_number out[FRAUD_NUMBERS], const char *dialled,
		       const struct country *c)
{
	unsigned count = 0;

	for (const char *at = dialled; *at && count < FRAUD_NUMBERS;) {
		size_t length = strspn(at, "0123456789+");

		if (!length) {
			at++;
			continue;
		}
		read_one(&out[count++], at, length, c);
		/* "*67" and the number without anything between. */
		if (at > dialled && at[-1] == '*' && length > 4 &&
		    count < FRAUD_NUMBERS)
			read_one(&out[count++], at + 2, length - 2, c);
		at += length;
	}
	return count;
}

bool fraud_matches(const char *destination, const struct fraud_number *n)
{
	if (!strcmp(destination, "any"))
		return true;
	if (!strcmp(destination, "country"))
		return n->where != FRAUD_ABROAD;
	if (destination[0] == '+')
		return n->full[0] && begins(n->full + 1, destination + 1,
					    strlen(destination + 1));
	return digit_map_has(destination, n->dialled) ||
	       (n->full[0] && digit_map_has(destination, n->full));
}
