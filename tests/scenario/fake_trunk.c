/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fake_trunk.c - SIP legs without SIP: what core tells them becomes a line of
 * the trace in SIP's words.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct fake_leg *of(struct leg *leg)
{
	return list_entry(leg, struct fake_leg, leg);
}

static const char *presentation(const struct party *p)
{
	return p->presentation == PRESENTATION_PRIVATE ? " (private)" :
	       p->presentation == PRESENTATION_UNAVAILABLE ? " (unavailable)" : "";
}

static int op_offer(struct leg *leg, const struct leg_offer *o)
{
	struct fake_leg *f = of(leg);

	world_say(f->world, "%s: INVITE %s through %s from %s%s%s%s%s", f->label,
		  o->called, leg->name, o->calling.number, presentation(&o->calling),
		  o->calling.name[0] ? " " : "", o->calling.name,
		  o->emergency ? " EMERGENCY" : "");
	return 0;
}

static void op_alert(struct leg *leg)
{
	world_say(of(leg)->world, "%s: 180", of(leg)->label);
}

static void op_progress(struct leg *leg)
{
	world_say(of(leg)->world, "%s: 183", of(leg)->label);
}

static void op_answer(struct leg *leg)
{
	world_say(of(leg)->world, "%s: 200", of(leg)->label);
}

static void op_digit(struct leg *leg, char digit, unsigned ms)
{
	world_say(of(leg)->world, "%s: INFO digit %c", of(leg)->label, digit);
}

static void op_flash(struct leg *leg)
{
	world_say(of(leg)->world, "%s: INFO flash", of(leg)->label);
}

static void op_hold(struct leg *leg, bool held)
{
	world_say(of(leg)->world, "%s: %s", of(leg)->label,
		  held ? "the other side holds" : "the other side is back");
}

static void op_referred(struct leg *leg, enum referral_news news,
			const struct release *why)
{
	static const char *const words[] = { "180", "183", "200", "" };
	struct fake_leg *f = of(leg);

	if (news == REFERRAL_FAILED)
		world_say(f->world, "%s: NOTIFY of failure, cause %d: %s", f->label,
			  why->cause, why->why);
	else
		world_say(f->world, "%s: NOTIFY %s", f->label, words[news]);
	if (news != REFERRAL_DONE)
		return;
	f->released = true;
	fake_leg_gone(f);
}

static int op_hand_over(struct leg *leg, struct leg *other)
{
	struct fake_trunk *t = fake_trunk_find(of(leg)->world, leg->name);

	if (!t || !t->trunk.conf || t->trunk.conf->transfer_out != TRANSFER_OUT_REFER)
		return -EPERM;
	world_say(of(leg)->world, "%s: REFER to %s", of(leg)->label, of(other)->label);
	return 0;
}

void fake_leg_handed_over(struct fake_leg *f, const char *why)
{
	struct release r;

	release_set(&r, CAUSE_REJECTED, true, "%s", why);
	leg_handed_over(&f->leg, why[0] ? &r : NULL);
}

/* As the SIP room does: the leg's end goes when the leg does. */
void fake_leg_gone(struct fake_leg *f)
{
	f->released = true;
	f->leg.end = NULL;
	f->end->end.media->ops->free(&f->end->end);
	f->end = NULL;
}

static void op_release(struct leg *leg, const struct release *r)
{
	struct fake_leg *f = of(leg);

	if (f->released || leg->call) {
		world_say(f->world, "BROKEN %s: released %s", f->label,
			  f->released ? "twice" : "with its call");
		f->world->broken = true;
		return;
	}
	if (r->retry_after)
		world_say(f->world, "%s: release, cause %d, retry after %u s: %s",
			  f->label, r->cause, r->retry_after, r->why);
	else
		world_say(f->world, "%s: release, cause %d: %s", f->label, r->cause,
			  r->why);
	fake_leg_gone(f);
}

static const struct leg_ops leg_ops = {
	.offer = op_offer, .alert = op_alert, .progress = op_progress,
	.answer = op_answer, .digit = op_digit, .flash = op_flash, .hold = op_hold,
	.referred = op_referred, .hand_over = op_hand_over,
	.release = op_release,
};

struct fake_leg *fake_leg_new(struct world *w, const char *trunk, bool events)
{
	struct fake_leg *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->world = w;
	snprintf(f->label, sizeof(f->label), "s%u", ++w->leg_count);
	f->leg.ops = &leg_ops;
	f->leg.kind = "sip";
	snprintf(f->leg.name, sizeof(f->leg.name), "%s", trunk);
	f->leg.digits_by_event = events;
	f->leg.codec = CODEC_PCMU;
	f->end = fake_end_new(w, f->label, NULL, NULL);
	f->leg.end = &f->end->end;
	list_add_before(&w->legs, &f->node);
	return f;
}

static void refused(struct fake_leg *f, int rc, const struct release *why)
{
	if (rc)
		world_say(f->world, "%s: refused: %s", f->label, why->why);
}

void fake_leg_refer(struct fake_leg *f, const char *number)
{
	struct release why = { 0 };

	refused(f, leg_refer(&f->leg, number, &why), &why);
}

void fake_leg_refer_to(struct fake_leg *f, struct fake_leg *other)
{
	struct release why = { 0 };
	int rc = leg_refer_to(&f->leg, &other->leg, &why);

	refused(f, rc, &why);
	if (rc)
		return;
	fake_leg_gone(f);
	fake_leg_gone(other);
}

void fake_leg_replace(struct fake_leg *f)
{
	struct fake_leg *new = fake_leg_new(f->world, f->leg.name,
					    f->leg.digits_by_event);
	struct release why = { 0 };
	int rc = new ? leg_replace(&f->leg, &new->leg, &why) : -ENOMEM;

	refused(f, rc, &why);
	if (new)
		fake_leg_gone(rc ? new : f);
}

struct fake_leg *fake_leg_find(struct world *w, const char *label)
{
	struct list_head *n;

	list_for_each(n, &w->legs) {
		struct fake_leg *f = list_entry(n, struct fake_leg, node);

		if (!strcmp(f->label, label))
			return f;
	}
	return NULL;
}

static struct leg *leg_new(struct trunk *t, const struct config_line *line)
{
	struct fake_trunk *f = list_entry(t, struct fake_trunk, trunk);
	struct fake_leg *leg = fake_leg_new(f->world, t->name, !t->conf ||
					    t->conf->dtmf == DTMF_RFC4733);

	return leg ? &leg->leg : NULL;
}

static const struct trunk_ops trunk_ops = { .leg_new = leg_new };

struct fake_trunk *fake_trunk_new(struct world *w, const struct config_trunk *c)
{
	struct fake_trunk *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->world = w;
	f->trunk.name = c->name;
	f->trunk.conf = c;
	f->trunk.ops = &trunk_ops;
	f->trunk.up = true;
	f->trunk.limit.max_kbit = c->max_kbit;
	f->trunk.limit.call_kbit = config_trunk_kbit(c, false);
	list_add_before(&w->trunks, &f->node);
	box_trunk_add(w->box, &f->trunk);
	return f;
}

struct fake_trunk *fake_trunk_find(struct world *w, const char *name)
{
	struct list_head *n;

	list_for_each(n, &w->trunks) {
		struct fake_trunk *f = list_entry(n, struct fake_trunk, node);

		if (!strcmp(f->trunk.name, name))
			return f;
	}
	return NULL;
}
