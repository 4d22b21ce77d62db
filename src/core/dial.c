/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/dial.h"

#include <string.h>

#include "base/digit_map.h"
#include "core/emergency.h"
#include "core/line.h"
#include "core/route.h"
#include "core/times.h"

/* The maps that judge this line's dialling. */
struct maps {
	const char *digits;
	unsigned bits;		/* of digit_map.h, over all maps */
	bool hash;		/* a map wants '#' */
	bool any;		/* a number no map knows has a way out too */
};

static void add_map(struct maps *m, const char *map)
{
	m->bits |= digit_map_bits(map, m->digits);
	m->hash = m->hash || strchr(map, '#');
}

static void look(const struct line *l, struct maps *m)
{
	const struct config *conf = l->box->conf;

	*m = (struct maps){ .digits = l->digits };
	if (l->conf->digit_map[0]) {
		add_map(m, l->conf->digit_map);
		return;
	}
	m->any = l->conf->trunk[0];
	for (size_t i = 0; i < conf->route_count; i++) {
		const struct config_route *r = &conf->routes[i];

		if (!route_is_from(l->box, r, NULL, l))
			continue;
		if (r->called[0])
			add_map(m, r->called);
		else
			m->any = true;
	}
}

static enum dial_verdict judge(struct line *l, const struct maps *m, uint64_t *wait_ms)
{
	*wait_ms = line_ms(l, TIMER_INTER_DIGIT);
	switch (digit_map_verdict(m->bits)) {
	case DIGIT_COMPLETE:
		return DIAL_PLACE;
	case DIGIT_MAYBE:
		*wait_ms = line_ms(l, TIMER_DIGIT_MAP);
		return DIAL_WAIT;
	case DIGIT_PARTIAL:
		return DIAL_WAIT;
	case DIGIT_NO_MATCH:
		break;
	}
	return m->any ? DIAL_WAIT : DIAL_REFUSE;
}

enum dial_verdict dial_digit(struct line *l, char digit, const char *code,
			     uint64_t *wait_ms)
{
	size_t length = strlen(l->digits);
	struct maps m;

	*wait_ms = line_ms(l, TIMER_INTER_DIGIT);
	if (length + 1 >= sizeof(l->digits))
		return DIAL_PLACE;
	look(l, &m);
	if (digit == '#' && !m.hash)
		return length ? dial_timeout(l) : DIAL_WAIT;
	l->digits[length] = digit;
	l->digits[length + 1] = '\0';
	if (emergency_is(l->box, l->digits))
		return DIAL_PLACE;
	if (!strncmp(code, l->digits, length + 1))
		return code[length + 1] ? DIAL_WAIT : DIAL_CODE;
	look(l, &m);
	return judge(l, &m, wait_ms);
}

enum dial_verdict dial_timeout(struct line *l)
{
	enum digit_match match;
	struct maps m;

	look(l, &m);
	match = digit_map_verdict(m.bits);
	if (match == DIGIT_COMPLETE || match == DIGIT_MAYBE || m.any)
		return l->digits[0] ? DIAL_PLACE : DIAL_REFUSE;
	return DIAL_REFUSE;
}
