/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * digit_map.h - which digit strings are numbers, as RFC 3435 section 2.1.5
 * writes it: "[2-9]xxxxxx|911|011x.T".
 *
 *   0-9 * # A-D +   that digit ('+' only in numbers from signalling)
 *   x               any of 0-9
 *   [2-57*]         one of a set, with ranges
 *   .               the element before it, any number of times, also none
 *   T               at the end of an alternative: complete only when no
 *                   further digit comes for the time digit_map_T
 *   |               between alternatives; round brackets may enclose them all
 *
 * Letters may be of either case. At most 63 elements an alternative.
 */
#ifndef BASE_DIGIT_MAP_H
#define BASE_DIGIT_MAP_H

#include <stdbool.h>
#include <stddef.h>

enum digit_match {
	DIGIT_NO_MATCH,		/* and no further digit can change that */
	DIGIT_PARTIAL,		/* more digits are needed */
	DIGIT_MAYBE,		/* a number, but a longer one is possible: T */
	DIGIT_COMPLETE,		/* a number, and no longer one is possible */
};

/* 0 or -EINVAL; why: what is wrong and at which character, from 1. An empty
 * map is wrong. */
int digit_map_check(const char *map, char *why, size_t size);

/* A wrong map matches nothing. */
enum digit_match digit_map_match(const char *map, const char *digits);

/* For several maps at once, as if written with '|' between them: OR the bits
 * of each and ask for the verdict. */
unsigned digit_map_bits(const char *map, const char *digits);
enum digit_match digit_map_verdict(unsigned bits);

/* For routes, where the number is there: is it one of the map? T is ignored. */
bool digit_map_has(const char *map, const char *number);

#endif
