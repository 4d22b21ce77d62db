/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * line_fxo_learn.c - signals of this line alone that end its calls: those that
 * are configured, those that were learned, and those that may be.
 */
#include <string.h>

#include "base/log.h"
#include "core/line_fxo.h"

static struct learn_line *known(const struct line *l)
{
	struct learn_line *k = learn_find(&l->box->learned, l->name);

	return k && !strcmp(k->port, l->conf->port) ? k : NULL;
}

static void told(const struct line *l)
{
	const struct box_observer *o = l->box->observer;

	if (o && o->learned)
		o->learned(l->box->observer_arg);
}

void fxo_learn_start(struct line *l)
{
	const struct learn_line *k = known(l);
	struct tone tone;

	learn_ear_start(&l->ear);
	supervision_own(&l->supervision, "disconnect tone", &l->conf->disconnect_tone);
	for (unsigned i = 0; k && i < k->signals; i++) {
		const struct learn_signal *s = &k->signal[i];

		if (l->conf->learn != LINE_LEARN_AUTO ||
		    s->mean.kind != LEARN_TONE || !learn_is_sure(k, s))
			continue;
		learn_as_tone(&s->mean, &tone);
		supervision_own(&l->supervision, "learned tone", &tone);
	}
}

uint64_t fxo_break_ms(const struct line *l)
{
	const struct learn_line *k = known(l);
	uint64_t ms = line_ms(l, TIMER_BREAK);

	if (l->conf->disconnect_break_ms)
		ms = l->conf->disconnect_break_ms;
	for (unsigned i = 0; k && i < k->signals; i++) {
		const struct learn_signal *s = &k->signal[i];

		if (l->conf->learn == LINE_LEARN_AUTO &&
		    s->mean.kind == LEARN_BREAK && learn_is_sure(k, s) &&
		    learn_as_break(s) < ms)
			ms = learn_as_break(s);
	}
	return ms;
}

/* Only a call that has come about says how one ends. */
static bool learns(const struct line *l)
{
	return l->conf->learn != LINE_LEARN_OFF && l->fsm.state == FXO_TALKING;
}

/* What the configuration uses already is no news. */
static bool is_news(const struct line *l, const struct learn_heard *h)
{
	struct tone tone, plan[TONE_COUNT];

	if (h->kind == LEARN_BREAK)
		return true;
	learn_as_tone(h, &tone);
	if (supervision_knows(l->config->country.tones, &tone))
		return false;
	if (!l->conf->disconnect_tone.count)
		return true;
	for (int i = 0; i < TONE_COUNT; i++)
		plan[i] = (struct tone){ 0 };
	plan[TONE_BUSY] = l->conf->disconnect_tone;
	return !supervision_knows(plan, &tone);
}

static struct learn_line *noted(const struct line *l)
{
	return learn_line(&l->box->learned, l->name, l->conf->port);
}

void fxo_learn_hear(struct line *l, const struct media_event *e)
{
	struct learn_heard denied[2];
	struct learn_line *k;
	char words[96];
	unsigned count;

	if (!learns(l))
		return;
	count = learn_ear_hear(&l->ear, e, l->box->timers->now_ms, denied);
	for (unsigned i = 0; i < count; i++) {
		if (!is_news(l, &denied[i]))
			continue;
		k = noted(l);
		if (!k)
			return;
		learn_denied(k, &denied[i]);
		learn_words(&denied[i], words, sizeof(words));
		log_debug("line %s: the call goes on after %s", l->name, words);
		told(l);
	}
}

void fxo_learn_break(struct line *l, int ms)
{
	if (learns(l) && ms > 0)
		learn_ear_break(&l->ear, (uint32_t)ms, l->box->timers->now_ms);
}

static void say(const struct line *l, const struct learn_line *k, int64_t when)
{
	char words[96];

	for (unsigned i = 0; i < k->signals; i++) {
		const struct learn_signal *s = &k->signal[i];

		if (s->calls != LEARN_CALLS || s->last != when ||
		    !learn_is_sure(k, s))
			continue;
		learn_words(&s->mean, words, sizeof(words));
		log_info("line %s: learned: %u calls ended with %s%s", l->name,
			 s->calls, words, l->conf->learn == LINE_LEARN_AUTO ?
			 "" : "; see tipring learned");
	}
}

void fxo_learn_ended(struct line *l, const char *why)
{
	struct learn_heard heard[2];
	struct learn_line *k;
	unsigned count, news = 0;
	int64_t when = l->box->wall_clock ? l->box->wall_clock() : 0;

	if (!learns(l))
		return;
	count = learn_ear_ended(&l->ear, l->box->timers->now_ms, heard);
	for (unsigned i = 0; i < count; i++)
		if (is_news(l, &heard[i]))
			heard[news++] = heard[i];
	k = noted(l);
	if (!k)
		return;
	learn_ended(k, heard, news, why, when);
	if (news)
		say(l, k, when);
	told(l);
}
