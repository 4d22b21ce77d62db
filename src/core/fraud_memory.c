/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What the guard remembers: use, refusals, numbers abroad. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/call.h"
#include "core/fraud_room.h"

#define BURST_S 600		/* in which new numbers are a burst */
#define ALARM_S 3600		/* that an alarm stands */

bool fraud_is_limited(const struct config_fraud *c)
{
	return c->calls_hour || c->calls_day || c->minutes_hour || c->minutes_day;
}

static struct fraud_meter *find(struct fraud *f, const char *kind, const char *name,
				bool make)
{
	struct list_head *n;
	struct fraud_meter *m;

	list_for_each(n, &f->meters) {
		m = list_entry(n, struct fraud_meter, node);
		if (!strcmp(m->kind, kind) && !strcmp(m->name, name))
			return m;
	}
	m = make ? calloc(1, sizeof(*m)) : NULL;
	if (!m)
		return NULL;
	snprintf(m->kind, sizeof(m->kind), "%s", kind);
	snprintf(m->name, sizeof(m->name), "%s", name);
	list_add_before(&f->meters, &m->node);
	return m;
}

/* Calls to trunks count on the box, their trunk and their line; calls to a line
 * on that line. */
static bool counts_on(const struct call_record *r, const char *kind, const char *name)
{
	bool out = !strcmp(r->to_kind, "sip");

	if (r->emergency)
		return false;
	if (!strcmp(kind, "box"))
		return out;
	if (!strcmp(kind, "trunk"))
		return out && !strcmp(r->to, name);
	return !strcmp(out ? r->from : r->to, name);
}

void fraud_used_by(struct box *box, const char *kind, const char *name,
		   struct fraud_used *used)
{
	struct fraud_meter *m = find(box->fraud, kind, name, false);
	struct list_head *n;

	*used = (struct fraud_used){ 0 };
	if (m)
		fraud_meter_read(m, fraud_now(box), used);
	list_for_each(n, &box->calls) {
		const struct call *c = list_entry(n, struct call, node);
		const struct call_record *r = &c->record;
		unsigned s = r->answered ?
			(unsigned)((box->timers->now_ms - r->answered) / 1000) : 0;

		if (!c->leg[SIDE_B] || !counts_on(r, kind, name))
			continue;
		used->calls_hour++;
		used->calls_day++;
		used->seconds_hour += s < 3600 ? s : 3600;
		used->seconds_day += s;
	}
}

static void count(struct call *call, const struct config_fraud *c, const char *kind,
		  const char *name)
{
	const struct call_record *r = &call->record;
	struct fraud_meter *m;
	unsigned s = r->answered ? (unsigned)((r->ended - r->answered + 999) / 1000) : 0;

	if (!c || !fraud_is_limited(c) || !counts_on(r, kind, name))
		return;
	m = find(call->box->fraud, kind, name, true);
	if (m)
		fraud_meter_add(m, fraud_now(call->box), 1, s);
}

void fraud_ended(struct call *call)
{
	const struct config *conf = call->box->conf;
	const struct call_record *r = &call->record;
	const bool out = !strcmp(r->to_kind, "sip");
	const struct config_trunk *t = out ? config_trunk(conf, r->to) : NULL;
	const struct config_line *l = config_line(conf, out ? r->from : r->to);

	/* Not what was refused before anybody was called. */
	if (!call->box->fraud || !r->to[0])
		return;
	count(call, &conf->fraud, "box", "");
	if (t)
		count(call, &t->fraud, "trunk", t->name);
	if (l)
		count(call, &l->fraud, "line", l->name);
}

void fraud_note_refusal(struct call *call, const char *to, const char *number,
			const char *why)
{
	struct fraud *f = call->box->fraud;
	struct fraud_refusal *r = &f->refusal[f->next_refusal];

	f->next_refusal = (f->next_refusal + 1) % FRAUD_REFUSALS;
	f->refused++;
	*r = (struct fraud_refusal){ .when = call->box->timers->now_ms };
	snprintf(r->from, sizeof(r->from), "%s", call->record.from);
	snprintf(r->to, sizeof(r->to), "%s", to);
	snprintf(r->number, sizeof(r->number), "%s", number);
	snprintf(r->why, sizeof(r->why), "%s", why);
	log_warning("call %s: %s to %s %s: %s", call->id, r->from, to, number, why);
}

/* -------------------------------------------------------------------- bursts */

static uint32_t hash_of(const char *number)
{
	uint32_t hash = 2166136261u;

	for (; *number; number++)
		hash = (hash ^ (uint8_t)*number) * 16777619u;
	return hash;
}

static void alarm_on(struct call *call, unsigned count, const char *number)
{
	struct fraud *f = call->box->fraud;
	int64_t now = fraud_now(call->box);

	snprintf(call->record.note, sizeof(call->record.note),
		 "burst of calls to new numbers abroad");
	if (f->alarm && now - f->alarm < ALARM_S)
		return;
	f->alarm = now;
	snprintf(f->alarm_text, sizeof(f->alarm_text), "%u numbers abroad that were "
		 "never called before within %u minutes, the last %.32s from %.40s; "
		 "see tipring fraud", count, BURST_S / 60, number,
		 call->record.from);
	log_warning("toll fraud? %s", f->alarm_text);
}

void fraud_note_destination(struct call *call, const struct fraud_number *n)
{
	struct fraud *f = call->box->fraud;
	unsigned most = call->box->conf->fraud.burst, count = 0;
	uint32_t hash = hash_of(n->full);
	int64_t now = fraud_now(call->box);
	bool known = false;

	if (!most || (n->where != FRAUD_ABROAD && !n->premium))
		return;
	for (unsigned i = 0; i < FRAUD_KNOWN; i++)
		known = known || (f->known[i].since && f->known[i].number == hash);
	if (known)
		return;
	f->known[f->next_known].number = hash;
	f->known[f->next_known].since = now ? now : 1;
	f->next_known = (f->next_known + 1) % FRAUD_KNOWN;
	for (unsigned i = 0; i < FRAUD_KNOWN; i++)
		count += f->known[i].since && f->known[i].since <= now + 1 &&
			 now - f->known[i].since < BURST_S;
	if (count >= most)
		alarm_on(call, count, n->full[0] ? n->full : n->dialled);
}

/* ------------------------------------------------------------------- showing */

uint64_t box_fraud_refused(const struct box *box)
{
	return box->fraud ? box->fraud->refused : 0;
}

const char *box_fraud_alarm(const struct box *box)
{
	const struct fraud *f = box->fraud;

	return f && f->alarm && fraud_now(box) - f->alarm < ALARM_S ?
		       f->alarm_text : "";
}

void box_each_refusal(const struct box *box,
		      void (*fn)(void *, const struct fraud_refusal *), void *arg)
{
	const struct fraud *f = box->fraud;

	for (unsigned i = 1; f && i <= FRAUD_REFUSALS; i++) {
		unsigned k = (f->next_refusal + FRAUD_REFUSALS - i) % FRAUD_REFUSALS;

		if (f->refusal[k].number[0])
			fn(arg, &f->refusal[k]);
	}
}

static void usage(struct box *box, const struct config_fraud *c, const char *kind,
		  const char *name, void (*fn)(void *, const struct fraud_usage *),
		  void *arg)
{
	struct fraud_usage u = { kind, name, c, { 0 } };

	if (!fraud_is_limited(c))
		return;
	fraud_used_by(box, kind, name, &u.used);
	fn(arg, &u);
}

void box_each_fraud_usage(struct box *box,
			  void (*fn)(void *, const struct fraud_usage *), void *arg)
{
	const struct config *conf = box->conf;

	if (!box->fraud)
		return;
	usage(box, &conf->fraud, "box", "", fn, arg);
	for (size_t i = 0; i < conf->span_count; i++)
		usage(box, &conf->spans[i].trunk.fraud, "trunk",
		      conf->spans[i].trunk.name, fn, arg);
	for (size_t i = 0; i < conf->trunk_count; i++)
		usage(box, &conf->trunks[i].fraud, "trunk", conf->trunks[i].name, fn,
		      arg);
	for (size_t i = 0; i < conf->line_count; i++)
		usage(box, &conf->lines[i].fraud, "line", conf->lines[i].name, fn,
		      arg);
}

/* ------------------------------------------------------------------- restart */

void box_fraud_save(struct box *box, void (*fn)(void *, const char *), void *arg)
{
	uint32_t last = (uint32_t)(fraud_now(box) / METER_STEP);
	struct list_head *n;
	char line[128];

	list_for_each(n, &box->fraud->meters) {
		const struct fraud_meter *m = list_entry(n, struct fraud_meter, node);

		for (unsigned i = 0; i < METER_STEPS; i++) {
			if (m->at[i].step > last ||
			    last - m->at[i].step >= METER_STEPS ||
			    !(m->at[i].calls || m->at[i].seconds))
				continue;
			snprintf(line, sizeof(line), "%s:%s %" PRIu32 " %" PRIu32
				 " %" PRIu32, m->kind, m->name, m->at[i].step,
				 m->at[i].calls, m->at[i].seconds);
			fn(arg, line);
		}
	}
}

int box_fraud_restore(struct box *box, const char *line)
{
	uint32_t last = (uint32_t)(fraud_now(box) / METER_STEP);
	unsigned step, calls, seconds;
	char kind[8], name[48] = "";
	const char *colon = strchr(line, ':');
	struct fraud_meter *m;
	int n = 0;

	if (!colon || sscanf(line, "%7[a-z]%n", kind, &n) != 1 || line + n != colon)
		return -EINVAL;
	if (colon[1] != ' ' && sscanf(colon + 1, "%47[^ ]", name) != 1)
		return -EINVAL;
	if (sscanf(colon + 1 + strlen(name), " %u %u %u", &step, &calls, &seconds) != 3 ||
	    step > last || calls > 1000000 || seconds > 100000000)
		return -EINVAL;
	if (last - step >= METER_STEPS)
		return 0;
	m = find(box->fraud, kind, name, true);
	if (!m)
		return -ENOMEM;
	fraud_meter_add(m, (int64_t)step * METER_STEP, calls, seconds);
	return 0;
}
