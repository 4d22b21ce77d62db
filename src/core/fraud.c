/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/fraud.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/call.h"
#include "core/fraud_room.h"
#include "core/line.h"

struct fraud *fraud_new(void)
{
	struct fraud *f = calloc(1, sizeof(*f));

	if (f)
		list_init(&f->meters);
	return f;
}

void fraud_free(struct fraud *f)
{
	struct list_head *n, *tmp;

	if (!f)
		return;
	list_for_each_safe(n, tmp, &f->meters) {
		list_remove(n);
		free(list_entry(n, struct fraud_meter, node));
	}
	free(f);
}

int64_t fraud_now(const struct box *box)
{
	return box->wall_clock ? box->wall_clock() :
				 (int64_t)(box->timers->now_ms / 1000);
}

/* Whose rules they are, for messages: "fraud", "trunk acme's fraud". */
struct rules {
	const struct config_fraud *conf;
	const char *kind, *name;
};

static const char *owner(const struct rules *r, char text[80])
{
	if (r->name[0])
		snprintf(text, 80, "%s %.48s's fraud", r->kind, r->name);
	else
		snprintf(text, 80, "fraud");
	return text;
}

/* ------------------------------------------------------------- destinations */

static const char *match(const char *const *list, size_t count,
			 const struct fraud_number *n)
{
	for (size_t i = 0; i < count; i++)
		if (fraud_matches(list[i], n))
			return list[i];
	return NULL;
}

/* One that names it, and not just all of a country. */
static bool named(const struct config_fraud *c, const struct fraud_number *n,
		  const char *country_code)
{
	for (size_t i = 0; i < c->allow_count; i++) {
		const char *d = c->allow[i];

		if (!strcmp(d, "any") || !strcmp(d, "country") ||
		    (d[0] == '+' && !strcmp(d + 1, country_code)))
			continue;
		if (fraud_matches(d, n))
			return true;
	}
	return false;
}

static bool allow(const struct rules *r, const struct fraud_number *n,
		  struct release *why)
{
	static const char *const country[] = { "country" };
	bool given = r->conf->allow_count;
	char text[80];

	if (given ? match(r->conf->allow, r->conf->allow_count, n) != NULL :
		    match(country, 1, n) != NULL)
		return true;
	release_set(why, CAUSE_BEARER_NOT_AUTHORIZED, false,
		    "toll-fraud guard: %.32s is not among the destinations of %s; "
		    "allow = [ \"%.5s\" ] there would permit it",
		    n->full[0] ? n->full : n->dialled, owner(r, text),
		    n->full[0] ? n->full : "any");
	return false;
}

static bool refuse(const struct rules *r, const struct fraud_number *n,
		   struct release *why)
{
	const char *d = match(r->conf->refuse, r->conf->refuse_count, n);
	char text[80];

	if (!d)
		return false;
	release_set(why, CAUSE_BEARER_NOT_AUTHORIZED, false,
		    "toll-fraud guard: %.32s is refused by \"%.20s\" in refuse of %s",
		    n->full[0] ? n->full : n->dialled, d, owner(r, text));
	return true;
}

struct rule_set {
	struct rules of[3];	/* box, trunk, line */
	unsigned count;
};

static bool premium(const struct rule_set *s, const struct fraud_number *n,
		    const struct country *c, struct release *why)
{
	if (!n->premium)
		return true;
	for (unsigned i = 0; i < s->count; i++)
		if (s->of[i].conf->premium || named(s->of[i].conf, n, c->country_code))
			return true;
	release_set(why, CAUSE_BEARER_NOT_AUTHORIZED, false,
		    "toll-fraud guard: %.32s is a premium-rate number; fraud.premium "
		    "= true permits them, or its beginning in fraud.allow",
		    n->full[0] ? n->full : n->dialled);
	return false;
}

/* The trunk's list stands for the file's. */
static bool destination(const struct rule_set *s, const struct fraud_number *n,
			const struct country *c, struct release *why)
{
	const struct rules *first = &s->of[0];

	for (unsigned i = 0; i < s->count; i++)
		if (refuse(&s->of[i], n, why))
			return false;
	if (!premium(s, n, c, why))
		return false;
	for (unsigned i = 1; i < s->count; i++)
		if (!strcmp(s->of[i].kind, "trunk") && s->of[i].conf->allow_count)
			first = &s->of[i];
	if (!allow(first, n, why))
		return false;
	for (unsigned i = 1; i < s->count; i++)
		if (!strcmp(s->of[i].kind, "line") && s->of[i].conf->allow_count &&
		    !allow(&s->of[i], n, why))
			return false;
	return true;
}

/* ------------------------------------------------------------ hours, limits */

static bool hours(const struct rules *r, const struct fraud_number *n, int64_t now,
		  struct release *why)
{
	char text[80];

	if (config_hours_open(r->conf->hours, r->conf->hours_count, now) ||
	    match(r->conf->closed_allow, r->conf->closed_allow_count, n))
		return true;
	release_set(why, CAUSE_BEARER_NOT_AUTHORIZED, false,
		    "toll-fraud guard: %.32s outside the hours of %s; closed_allow "
		    "says what may be called then", n->dialled, owner(r, text));
	return false;
}

static bool limits(struct box *box, const struct rules *r, struct release *why)
{
	struct fraud_used u;
	const struct config_fraud *c = r->conf;
	const struct {
		const char *key, *unit;
		unsigned most, used;
	} bounds[] = {
		{ "calls_hour", "calls in an hour", c->calls_hour, 0 },
		{ "calls_day", "calls in 24 hours", c->calls_day, 0 },
		{ "minutes_hour", "minutes in an hour", c->minutes_hour, 0 },
		{ "minutes_day", "minutes in 24 hours", c->minutes_day, 0 },
	};
	char text[80];

	if (!fraud_is_limited(c))
		return true;
	fraud_used_by(box, r->kind, r->name, &u);
	for (unsigned i = 0; i < 4; i++) {
		unsigned used = i == 0 ? u.calls_hour : i == 1 ? u.calls_day :
			i == 2 ? u.seconds_hour / 60 : u.seconds_day / 60;

		if (!bounds[i].most || used < bounds[i].most)
			continue;
		release_set(why, CAUSE_BEARER_NOT_AUTHORIZED, false,
			    "toll-fraud guard: %u of %u %s; %s of %s", used,
			    bounds[i].most, bounds[i].unit, bounds[i].key,
			    owner(r, text));
		return false;
	}
	return true;
}

/* -------------------------------------------------------------------- judge */

static void add(struct rule_set *s, const struct config_fraud *c, const char *kind,
		const char *name)
{
	s->of[s->count++] = (struct rules){ c, kind, name };
}

/* A call to a line counts on that line alone: it costs no minutes of ours. */
static void collect(struct rule_set *s, struct call *call, const char *trunk,
		    const struct line *to)
{
	const struct config *conf = call->box->conf;
	const struct line *from = call_line(call);
	const struct config_trunk *t = trunk ? config_trunk(conf, trunk) : NULL;
	const struct config_line *l = config_line(conf, to ? to->name :
						  from ? from->name : "");

	s->count = 0;
	add(s, &conf->fraud, "box", "");
	if (t)
		add(s, &t->fraud, "trunk", t->name);
	if (l)
		add(s, &l->fraud, "line", l->name);
}

static bool judge(struct call *call, const struct rule_set *s, bool is_trunk,
		  const char *number, struct release *why)
{
	struct fraud_number n[FRAUD_NUMBERS];
	const struct country *c = &call->box->conf->country;
	unsigned count = fraud_numbers(n, number, c);
	int64_t now = fraud_now(call->box);

	for (unsigned i = 0; i < count; i++) {
		fraud_note_destination(call, &n[i]);
		if (!destination(s, &n[i], c, why))
			return false;
		for (unsigned k = 0; k < s->count; k++)
			if ((is_trunk || k) && !hours(&s->of[k], &n[i], now, why))
				return false;
	}
	for (unsigned k = 0; k < s->count; k++)
		if ((is_trunk || k) && !limits(call->box, &s->of[k], why))
			return false;
	return true;
}

int fraud_check(struct call *call, const char *trunk, const struct line *line,
		const char *number, struct release *why)
{
	struct rule_set s;

	if (call->plan.emergency || !call->box->fraud)
		return 0;
	collect(&s, call, trunk, line);
	if (judge(call, &s, trunk != NULL, number, why))
		return 0;
	fraud_note_refusal(call, trunk ? trunk : line->name, number, why->why);
	return -EPERM;
}
