/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/plan.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

int plan_add(struct plan *p, const struct plan_entry *e)
{
	size_t len = strlen(e->pattern);
	unsigned i = 0;

	if (!len || strspn(e->pattern, "0123456789*#ABCDxX.") != len ||
	    (strchr(e->pattern, '.') && strchr(e->pattern, '.') != e->pattern + len - 1))
		return -EINVAL;
	while (i < p->count && strcmp(p->entry[i].pattern, e->pattern))
		i++;
	if (i == PLAN_ENTRIES)
		return -ENOSPC;
	p->entry[i] = *e;
	if (i == p->count)
		p->count++;
	return 0;
}

static bool is_one(char pattern, char digit)
{
	return pattern == digit || (tolower((unsigned char)pattern) == 'x' &&
				    isdigit((unsigned char)digit));
}

static enum plan_match match(const char *pattern, const char *digits)
{
	while (*digits && *pattern && *pattern != '.') {
		if (!is_one(*pattern, *digits))
			return PLAN_NO;
		pattern++;
		digits++;
	}
	if (*pattern == '.')
		return PLAN_MORE;
	if (*digits)
		return PLAN_NO;
	return *pattern ? PLAN_MORE : PLAN_COMPLETE;
}

/* Whether the digits satisfy it as they are, a '.' standing for none. */
static bool satisfies(const char *pattern, const char *digits)
{
	size_t least = strcspn(pattern, ".");

	return strlen(digits) >= least && match(pattern, digits) != PLAN_NO;
}

enum plan_match plan_find(const struct plan *p, const char *digits,
			  const struct plan_entry **entry)
{
	enum plan_match result = PLAN_NO;

	*entry = NULL;
	for (unsigned i = 0; i < p->count; i++) {
		const struct plan_entry *e = &p->entry[i];
		enum plan_match m = match(e->pattern, digits);

		if (m == PLAN_MORE || (m == PLAN_COMPLETE && result == PLAN_NO))
			result = m;
		/* An exact pattern goes before one with a '.'. */
		if (satisfies(e->pattern, digits) &&
		    (!*entry || strchr((*entry)->pattern, '.')))
			*entry = e;
	}
	return result;
}
