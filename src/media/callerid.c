/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Caller ID messages: GR-31 (single and multiple data message format) and
 * EN 300 659-3, which share what we need. */
#include "media/callerid.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SDMF = 0x04, MDMF = 0x80, MDMF_MESSAGES = 0x82 };
enum { INDICATOR = 0x0b };
enum { DATE = 1, NUMBER = 2, NUMBER_ABSENT = 4, NAME = 7, NAME_ABSENT = 8 };

#define NUMBER_MOST 20		/* EN 300 659-3, 5.4.2 */
#define NAME_MOST 50		/* EN 300 659-3, 5.4.10; GR-1188: 15 */
#define NAME_BELLCORE 15

/* ----------------------------------------------------------------- characters */

/* UTF-8 to ISO 8859-1, what does not exist there becomes '?'. */
static size_t to_latin(const char *from, uint8_t *to, size_t most)
{
	const uint8_t *p = (const uint8_t *)from;
	size_t n = 0;

	while (*p && n < most) {
		if (*p < 0x80) {
			to[n++] = *p++;
		} else if ((*p & 0xfe) == 0xc2 && (p[1] & 0xc0) == 0x80) {
			to[n++] = (uint8_t)((*p & 3) << 6 | (p[1] & 0x3f));
			p += 2;
		} else {
			to[n++] = '?';
			while ((*++p & 0xc0) == 0x80)
				;
		}
	}
	return n;
}

static void from_latin(const uint8_t *from, size_t n, char *to, size_t size)
{
	size_t at = 0;

	while (n && *from == ' ')
		from++, n--;
	while (n && from[n - 1] == ' ')
		n--;
	for (; n && at + 3 <= size; from++, n--) {
		if (*from < 0x20 || (*from >= 0x7f && *from < 0xa0))
			continue;
		if (*from < 0x80) {
			to[at++] = (char)*from;
		} else {
			to[at++] = (char)(0xc0 | *from >> 6);
			to[at++] = (char)(0x80 | (*from & 0x3f));
		}
	}
	to[at] = 0;
}

static void copy_number(const uint8_t *from, size_t n, char *to, size_t size)
{
	size_t at = 0;

	for (; n && at + 1 < size; from++, n--)
		if (*from && strchr("0123456789*#ABCD", *from))
			to[at++] = (char)*from;
		else if (*from == '+' && !at)
			to[at++] = '+';
	to[at] = 0;
}

/* ------------------------------------------------------------------- building */

static uint8_t *field(uint8_t *p, uint8_t type, const void *body, size_t n)
{
	p[0] = type;
	p[1] = (uint8_t)n;
	memcpy(p + 2, body, n);
	return p + 2 + n;
}

static uint8_t *field_date(uint8_t *p, int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;
	char text[48];

	if (when <= 0 || !localtime_r(&t, &tm))
		return p;
	snprintf(text, sizeof(text), "%02d%02d%02d%02d", tm.tm_mon + 1,
		 tm.tm_mday, tm.tm_hour, tm.tm_min);
	return field(p, DATE, text, 8);
}

/* Digits of a number, without the '+' that no telephone expects. */
static size_t digits_of(const char *number, char *to, size_t most)
{
	size_t n = 0;

	for (; *number && n < most; number++)
		if (strchr("0123456789*#", *number))
			to[n++] = *number;
	return n;
}

size_t callerid_build(uint8_t to[CALLERID_MESSAGE],
		      enum callerid_standard standard,
		      const struct party *from, int64_t when)
{
	bool shown = from->presentation == PRESENTATION_ALLOWED;
	const char *reason = from->presentation == PRESENTATION_PRIVATE ?
			     "P" : "O";
	uint8_t name[NAME_MOST], *p = to + 2;
	char number[NUMBER_MOST];
	size_t n, most = standard == CALLERID_BELLCORE ? NAME_BELLCORE : NAME_MOST;

	p = field_date(p, when);
	n = shown ? digits_of(from->number, number, sizeof(number)) : 0;
	p = n ? field(p, NUMBER, number, n) : field(p, NUMBER_ABSENT, reason, 1);
	n = shown ? to_latin(from->name, name, most) : 0;
	p = n ? field(p, NAME, name, n) : field(p, NAME_ABSENT, reason, 1);
	to[0] = MDMF;
	to[1] = (uint8_t)(p - to - 2);
	return (size_t)(p - to);
}

/* The indicator alone, which is all that must be there. */
size_t callerid_build_messages(uint8_t to[CALLERID_MESSAGE], bool waiting)
{
	const uint8_t state = waiting ? 0xff : 0;

	to[0] = MDMF_MESSAGES;
	to[1] = (uint8_t)(field(to + 2, INDICATOR, &state, 1) - to - 2);
	return to[1] + 2u;
}

/* EN 300 659-1 annex A, as countries have it: A or D before the number and C
 * behind it, with B10C for a private one and B00C for none; or A and #, with
 * D1# and D3#. */
size_t callerid_digits(char to[PARTY_NUMBER_SIZE], const struct callerid_way *way,
		       const struct party *from)
{
	bool private = from->presentation == PRESENTATION_PRIVATE;
	char number[NUMBER_MOST];
	size_t n = 0;

	if (from->presentation == PRESENTATION_ALLOWED)
		n = digits_of(from->number, number, sizeof(number));
	if (n)
		return (size_t)snprintf(to, PARTY_NUMBER_SIZE, "%c%.*s%c", way->start,
					(int)n, number, way->stop);
	if (way->stop == '#')
		return (size_t)snprintf(to, PARTY_NUMBER_SIZE, "D%c#",
					private ? '1' : '3');
	return (size_t)snprintf(to, PARTY_NUMBER_SIZE, "B%sC", private ? "10" : "00");
}

/* -------------------------------------------------------------------- reading */

static enum presentation absent(uint8_t reason)
{
	return reason == 'P' ? PRESENTATION_PRIVATE : PRESENTATION_UNAVAILABLE;
}

static int parse_single(struct party *p, const uint8_t *body, size_t n)
{
	if (n < 8)
		return -EINVAL;
	if (n == 9 && (body[8] == 'P' || body[8] == 'O'))
		p->presentation = absent(body[8]);
	else
		copy_number(body + 8, n - 8, p->number, sizeof(p->number));
	return 0;
}

static int parse_multiple(struct party *p, const uint8_t *body, size_t n)
{
	enum presentation name = PRESENTATION_ALLOWED;
	bool number_known = false;

	while (n) {
		uint8_t type = body[0];
		size_t len;

		if (n < 2 || (size_t)body[1] + 2 > n)
			return -EINVAL;
		len = body[1];
		body += 2;
		n -= 2 + len;
		if (type == NUMBER) {
			copy_number(body, len, p->number, sizeof(p->number));
			number_known = true;
		} else if (type == NUMBER_ABSENT && len) {
			p->presentation = absent(body[0]);
			number_known = true;
		} else if (type == NAME) {
			from_latin(body, len, p->name, sizeof(p->name));
		} else if (type == NAME_ABSENT && len) {
			name = absent(body[0]);
		}
		body += len;
	}
	if (!number_known)
		p->presentation = name;
	return 0;
}

int callerid_parse(struct party *p, const uint8_t *message, size_t size)
{
	int err = -EINVAL;

	memset(p, 0, sizeof(*p));
	if (size < 2 || message[1] != size - 2)
		return -EINVAL;
	if (message[0] == SDMF)
		err = parse_single(p, message + 2, size - 2);
	else if (message[0] == MDMF)
		err = parse_multiple(p, message + 2, size - 2);
	if (!err && !p->number[0] && !p->name[0] &&
	    p->presentation == PRESENTATION_ALLOWED)
		p->presentation = PRESENTATION_UNAVAILABLE;
	return err;
}

/* The dialects: A number C, A number #, D number C, number #; absent: B10C
 * (private) and B00C, D1# (private), D2# and D3#, or zeros (KPN). */
int callerid_parse_digits(struct party *p, const char *s)
{
	size_t n = strcspn(s, "C#");
	char end = s[n];

	memset(p, 0, sizeof(*p));
	if (!end)
		return -EINVAL;
	if (s[0] == 'B' || (s[0] == 'D' && n == 2 && end == '#')) {
		p->presentation = s[1] == '1' ? PRESENTATION_PRIVATE
					      : PRESENTATION_UNAVAILABLE;
		return n >= 2 ? 0 : -EINVAL;
	}
	if (s[0] == 'A' || s[0] == 'D') {
		s++;
		n--;
	} else if (end != '#') {
		return -EINVAL;
	}
	n = strcspn(s, "ABDC#");	/* what follows is a redirection */
	copy_number((const uint8_t *)s, n, p->number, sizeof(p->number));
	if (!p->number[0] || strspn(p->number, "0") == strlen(p->number)) {
		p->number[0] = 0;
		p->presentation = PRESENTATION_UNAVAILABLE;
	}
	return 0;
}
