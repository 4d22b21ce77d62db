/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "base/digit_map.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ELEMENTS 63
static const char symbols[] = "0123456789*#ABCD+";
#define ANY_DIGIT 0x3ffu	/* the first ten symbols: x */

enum { BIT_FULL = 1, BIT_TIMED = 2, BIT_MORE = 4 };

struct element {
	uint32_t set;		/* of symbols */
	bool repeated;
};

struct alternative {
	struct element element[ELEMENTS];
	unsigned count;
	bool timed;
};

struct reader {
	const char *map, *at;
	const char *error;	/* what is wrong at `at` */
};

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

static int symbol(char c)
{
	const char *p = c ? strchr(symbols, upper(c)) : NULL;

	return p ? (int)(p - symbols) : -1;
}

static int fail(struct reader *r, const char *error)
{
	r->error = error;
	return -EINVAL;
}

/* After '[': sets and ranges up to ']'. */
static int read_set(struct reader *r, uint32_t *set)
{
	*set = 0;
	while (*r->at && *r->at != ']') {
		int from = symbol(*r->at), to = from;

		if (upper(*r->at) == 'X') {
			*set |= ANY_DIGIT;
			r->at++;
			continue;
		}
		if (from < 0)
			return fail(r, "is no digit");
		if (r->at[1] == '-') {
			r->at += 2;
			to = symbol(*r->at);
			if (to < 0)
				return fail(r, "ends no range");
			if (to < from || (from < 10) != (to < 10))
				return fail(r, "is below the start of its range");
		}
		for (; from <= to; from++)
			*set |= 1u << from;
		r->at++;
	}
	if (!*r->at)
		return fail(r, "']' is missing");
	if (!*set)
		return fail(r, "the set is empty");
	r->at++;
	return 0;
}

static int read_element(struct reader *r, struct alternative *a)
{
	struct element e = { 0 };
	char c = upper(*r->at);

	if (a->count == ELEMENTS)
		return fail(r, "the alternative has more than 63 elements");
	if (c == '[') {
		r->at++;
		if (read_set(r, &e.set))
			return -EINVAL;
	} else if (c == 'X') {
		e.set = ANY_DIGIT;
		r->at++;
	} else if (symbol(c) >= 0) {
		e.set = 1u << symbol(c);
		r->at++;
	} else {
		return fail(r, c == '.' ? "'.' has nothing to repeat" :
			       "is not part of a digit map");
	}
	if (*r->at == '.') {
		e.repeated = true;
		r->at++;
	}
	a->element[a->count++] = e;
	return 0;
}

static bool at_end(const struct reader *r)
{
	return !*r->at || *r->at == '|' || *r->at == ')';
}

static int read_alternative(struct reader *r, struct alternative *a)
{
	a->count = 0;
	a->timed = false;
	while (!at_end(r)) {
		if (upper(*r->at) == 'T') {
			r->at++;
			if (!at_end(r))
				return fail(r, "follows T, which ends an alternative");
			a->timed = true;
			break;
		}
		if (read_element(r, a))
			return -EINVAL;
	}
	return a->count ? 0 : fail(r, "an alternative is empty");
}

/* Gives each alternative to fn() until one is wrong. */
static int read_map(struct reader *r, void (*fn)(void *, const struct alternative *),
		    void *arg)
{
	bool bracket = *r->at == '(';
	struct alternative a;

	if (bracket)
		r->at++;
	for (;;) {
		if (read_alternative(r, &a))
			return -EINVAL;
		if (fn)
			fn(arg, &a);
		if (*r->at != '|')
			break;
		r->at++;
	}
	if (bracket) {
		if (*r->at != ')')
			return fail(r, "')' is missing");
		r->at++;
	}
	if (*r->at)
		return fail(r, bracket ? "follows the closing bracket" :
					 "closes no bracket");
	return 0;
}

int digit_map_check(const char *map, char *why, size_t size)
{
	struct reader r = { map, map, NULL };
	int rc = read_map(&r, NULL, NULL);

	if (!rc)
		return 0;
	if (*r.at)
		snprintf(why, size, "character %d '%c' of digit map \"%.40s\": %s",
			 (int)(r.at - map) + 1, *r.at, map, r.error);
	else
		snprintf(why, size, "end of digit map \"%.40s\": %s", map, r.error);
	return rc;
}

/* Elements that may take the next digit: a repeated one may be passed over. */
static uint64_t closure(const struct alternative *a, uint64_t at)
{
	for (unsigned i = 0; i < a->count; i++)
		if ((at >> i & 1) && a->element[i].repeated)
			at |= UINT64_C(1) << (i + 1);
	return at;
}

struct match {
	const char *digits;
	unsigned bits;
};

static void match_one(void *arg, const struct alternative *a)
{
	struct match *m = arg;
	uint64_t at = closure(a, 1), end = UINT64_C(1) << a->count;

	for (const char *p = m->digits; *p; p++) {
		uint64_t next = 0;
		int s = symbol(*p);

		if (s < 0)
			return;
		for (unsigned i = 0; i < a->count; i++)
			if ((at >> i & 1) && (a->element[i].set >> s & 1))
				next |= UINT64_C(1) << (i + !a->element[i].repeated);
		at = closure(a, next);
		if (!at)
			return;
	}
	if (at & end)
		m->bits |= a->timed ? BIT_FULL | BIT_TIMED : BIT_FULL;
	if (at & ~end)
		m->bits |= BIT_MORE;
}

unsigned digit_map_bits(const char *map, const char *digits)
{
	struct reader r = { map, map, NULL };
	struct match m = { digits, 0 };

	return read_map(&r, match_one, &m) ? 0 : m.bits;
}

enum digit_match digit_map_verdict(unsigned bits)
{
	if (bits & BIT_FULL)
		return bits & (BIT_TIMED | BIT_MORE) ? DIGIT_MAYBE : DIGIT_COMPLETE;
	return bits & BIT_MORE ? DIGIT_PARTIAL : DIGIT_NO_MATCH;
}

enum digit_match digit_map_match(const char *map, const char *digits)
{
	return digit_map_verdict(digit_map_bits(map, digits));
}

bool digit_map_has(const char *map, const char *number)
{
	return digit_map_bits(map, number) & BIT_FULL;
}
