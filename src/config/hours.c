/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* "mon-fri 07:30-18:00", "sat,sun 22:00-04:00". */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "config/config.h"

static int day_of(const char *text)
{
	static const char names[] = "sunmontuewedthufrisat";

	for (int d = 0; d < 7; d++)
		if (!strncasecmp(text, names + 3 * d, 3))
			return d;
	return -1;
}

/* Behind the days; NULL: they are none. */
static const char *read_days(uint8_t *days, const char *text)
{
	*days = 0;
	for (;;) {
		int first = day_of(text), last = first;

		if (first < 0)
			return NULL;
		text += 3;
		if (*text == '-') {
			last = day_of(text + 1);
			if (last < 0)
				return NULL;
			text += 4;
		}
		for (int d = first;; d = (d + 1) % 7) {
			*days |= (uint8_t)(1u << d);
			if (d == last)
				break;
		}
		if (*text != ',')
			return text;
		text++;
	}
}

int config_hours_read(struct config_hours *h, const char *text)
{
	unsigned from_h, from_m, to_h, to_m;
	int used = 0;

	if (!strncasecmp(text, "daily", 5)) {
		h->days = 0x7f;
		text += 5;
	} else {
		text = read_days(&h->days, text);
	}
	if (!text || *text != ' ')
		return -EINVAL;
	if (sscanf(text, " %2u:%2u-%2u:%2u%n", &from_h, &from_m, &to_h, &to_m,
		   &used) != 4 || text[used] || from_h > 24 || to_h > 24 ||
	    from_m > 59 || to_m > 59)
		return -EINVAL;
	h->from = (uint16_t)(from_h * 60 + from_m);
	h->to = (uint16_t)(to_h * 60 + to_m);
	return h->from > 1440 || h->to > 1440 || h->from == h->to ? -EINVAL : 0;
}

bool config_hours_hold(const struct config_hours *h, int day, int minute)
{
	int before = (day + 6) % 7;

	if (h->from < h->to)
		return h->days >> day & 1 && minute >= h->from && minute < h->to;
	/* Over midnight: the day is that of the beginning. */
	return (h->days >> day & 1 && minute >= h->from) ||
	       (h->days >> before & 1 && minute < h->to);
}

bool config_hours_open(const char *const *hours, size_t count, int64_t now)
{
	time_t t = (time_t)now;
	struct config_hours h;
	struct tm tm;

	if (!count || !localtime_r(&t, &tm))
		return true;
	for (size_t i = 0; i < count; i++)
		if (!config_hours_read(&h, hours[i]) &&
		    config_hours_hold(&h, tm.tm_wday, tm.tm_hour * 60 + tm.tm_min))
			return true;
	return false;
}
