/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * command.c - the words of a script. README beside this file lists them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/learn.h"
#include "core/measure.h"
#include "world.h"

enum { WORDS = 12 };

struct words {
	struct world *w;
	char *word[WORDS];
	int count;
};

/* ------------------------------------------------- what happens a bit later */

struct later {
	struct list_head node;
	struct timer timer;
	struct world *w;
	char text[120];
};

static void on_later(void *arg)
{
	struct later *l = arg;

	list_remove(&l->node);
	command_run(l->w, l->text);
	free(l);
}

void command_forget(struct world *w)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &w->later) {
		struct later *l = list_entry(n, struct later, node);

		timer_stop(&l->timer);
		list_remove(&l->node);
		free(l);
	}
}

static void later(struct world *w, uint64_t ms, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void later(struct world *w, uint64_t ms, const char *format, ...)
{
	struct later *l = calloc(1, sizeof(*l));
	va_list args;

	if (!l)
		return;
	l->w = w;
	va_start(args, format);
	vsnprintf(l->text, sizeof(l->text), format, args);
	va_end(args);
	list_add_before(&w->later, &l->node);
	timer_start(&w->timers, &l->timer, ms, on_later, l);
}

/* --------------------------------------------------------------------- lines */

static struct fake_end *end_of(struct words *c)
{
	return c->count > 1 ? fake_end_find(c->w, c->word[1]) : NULL;
}

static const char *arg(const struct words *c, int i, const char *otherwise)
{
	return i < c->count ? c->word[i] : otherwise;
}

static int number(const struct words *c, int i, int otherwise)
{
	return i < c->count ? atoi(c->word[i]) : otherwise;
}

static void digit_event(struct fake_end *e, char digit, bool pulse)
{
	struct media_event event = {
		.type = MEDIA_DIGIT,
		.digit = { .digit = digit, .ms = 100, .source = DIGIT_DTMF },
	};

	if (pulse)
		fake_line_event(e, LINE_EVENT_PULSE_DIGIT, digit);
	else
		fake_end_event(e, &event);
}

/* dial LINE DIGITS [pulse]: one each 200 ms, the first at once. */
static int dial(struct words *c, struct fake_end *e)
{
	const char *digits = arg(c, 2, "");

	for (size_t i = 0; digits[i]; i++)
		if (!i)
			digit_event(e, digits[i], c->count > 3);
		else
			later(c->w, i * 200, "dial %s %c%s", e->label, digits[i],
			      c->count > 3 ? " pulse" : "");
	return 0;
}

/* ring LINE COUNT: so many bursts of 2 s, 4 s apart. */
static int ring(struct words *c, struct fake_end *e)
{
	for (int i = 0; i < number(c, 2, 1); i++) {
		later(c->w, (uint64_t)i * 6000, "event %s %d 0", e->label,
		      LINE_EVENT_RING_ON);
		later(c->w, (uint64_t)i * 6000 + 2000, "event %s %d 0", e->label,
		      LINE_EVENT_RING_OFF);
	}
	return 0;
}

static int caller_id(struct words *c, struct fake_end *e)
{
	struct media_event event = { .type = MEDIA_CALLERID };
	const char *what = arg(c, 2, "");

	if (!strcmp(what, "bad"))
		event.type = MEDIA_CALLERID_BAD;
	else if (!strcmp(what, "private"))
		event.party.presentation = PRESENTATION_PRIVATE;
	else if (!strcmp(what, "unavailable"))
		event.party.presentation = PRESENTATION_UNAVAILABLE;
	else
		snprintf(event.party.number, sizeof(event.party.number), "%s", what);
	snprintf(event.party.name, sizeof(event.party.name), "%s", arg(c, 3, ""));
	fake_end_event(e, &event);
	return 0;
}

/* segment LINE ON OFF ENDED F1 [F2 [F3 [F4]]] */
static int segment(struct words *c, struct fake_end *e)
{
	struct media_event event = { .type = MEDIA_TONE };

	event.tone.on_ms = (uint32_t)number(c, 2, 0);
	event.tone.off_ms = (uint32_t)number(c, 3, 0);
	event.tone.ended = number(c, 4, 1);
	event.tone.level = -200;
	if (!event.tone.ended &&
	    e->dialled_at + event.tone.on_ms > c->w->timers.now_ms)
		return 0;
	for (int i = 0; i < TONE_FREQUENCIES; i++)
		event.tone.frequency[i] = (uint16_t)number(c, 5 + i, 0);
	fake_end_event(e, &event);
	return 0;
}

static int tone_id(const char *name)
{
	static const char *const names[TONE_COUNT] = {
		"dial", "stutter", "ringback", "busy", "congestion", "sit",
		"call-waiting", "howler", "second-dial",
	};

	for (int i = 0; i < TONE_COUNT; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

/* A stretch that never ends is reported while it goes on. */
static void later_segment(struct words *c, struct fake_end *e, uint64_t at,
			  const struct tone_segment *s, uint32_t on, uint32_t off,
			  bool ended)
{
	later(c->w, at, "segment %s %u %u %d %u %u %u %u", e->label, on, off, ended,
	      s->frequency[0], s->frequency[1], s->frequency[2], s->frequency[3]);
}

/* tone LINE NAME [CYCLES]: as the country's cadence says, from now on; each
 * burst is reported when it ends. */
static int tone(struct words *c, struct fake_end *e)
{
	int id = tone_id(arg(c, 2, ""));
	const struct tone *t;
	uint64_t at = 0;
	uint32_t off = 0;

	if (id < 0)
		return -EINVAL;
	t = &c->w->box->conf->country.tones[id];
	for (int cycle = 0; cycle < number(c, 3, 1); cycle++)
		for (int i = 0; i < t->count; i++) {
			const struct tone_segment *s = &t->segment[i];

			if (!s->frequency[0]) {
				off += s->ms;
				at += s->ms;
			} else if (!s->ms) {
				later_segment(c, e, at + 300, s, 300, off, false);
				later_segment(c, e, at + 2000, s, 2000, off, false);
				return 0;
			} else {
				at += s->ms;
				later_segment(c, e, at, s, s->ms, off, true);
				off = 0;
			}
		}
	return 0;
}

static int span(struct words *c, struct fake_end *e, enum media_event_type type)
{
	struct media_event event = {
		.type = type,
		.span = { .ms = (uint32_t)number(c, 2, 0), .level = -250 },
	};

	fake_end_event(e, &event);
	return 0;
}

static int fax(struct fake_end *e)
{
	struct media_event event = { .type = MEDIA_FAX, .value = 2100 };

	fake_end_event(e, &event);
	return 0;
}

/* far-level LINE DBM0: what the line is sent sounds so loud. */
static int far_level(struct words *c, struct fake_end *e)
{
	e->tx_level = (int16_t)(number(c, 2, -70) * 10);
	return 0;
}

static int of_line(struct words *c)
{
	static const struct { const char *word; enum line_event_type type; int value; }
	plain[] = {
		{ "off-hook", LINE_EVENT_OFF_HOOK, 0 },
		{ "on-hook", LINE_EVENT_ON_HOOK, 0 },
		{ "flash", LINE_EVENT_FLASH, 500 },
		{ "ring-on", LINE_EVENT_RING_ON, 0 },
		{ "ring-off", LINE_EVENT_RING_OFF, 0 },
		{ "break", LINE_EVENT_BREAK, 0 },
		{ "break-end", LINE_EVENT_BREAK_END, 0 },
		{ "polarity", LINE_EVENT_POLARITY, 1 },
		{ "alarm", LINE_EVENT_ALARM, ALARM_NO_BATTERY },
		{ "clear", LINE_EVENT_ALARM_CLEARED, 0 },
		{ "resync", LINE_EVENT_RESYNC, 0 },
	};
	struct fake_end *e = end_of(c);
	const char *word = c->word[0];

	if (!e)
		return -EINVAL;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (!strcmp(word, plain[i].word)) {
			fake_line_event(e, plain[i].type,
					number(c, 2, plain[i].value));
			return 0;
		}
	if (!strcmp(word, "event"))
		return fake_line_event(e, (enum line_event_type)number(c, 2, 0),
				       number(c, 3, 0)), 0;
	if (!strcmp(word, "dial"))
		return dial(c, e);
	if (!strcmp(word, "ring"))
		return ring(c, e);
	if (!strcmp(word, "cli"))
		return caller_id(c, e);
	if (!strcmp(word, "segment"))
		return segment(c, e);
	if (!strcmp(word, "tone"))
		return tone(c, e);
	if (!strcmp(word, "speech"))
		return span(c, e, MEDIA_SPEECH);
	if (!strcmp(word, "silence"))
		return span(c, e, MEDIA_SILENCE);
	if (!strcmp(word, "probe"))
		return measure_probed(e, c->word + 2, c->count - 2);
	if (!strcmp(word, "fax"))
		return fax(e);
	if (!strcmp(word, "far-level"))
		return far_level(c, e);
	if (!strcmp(word, "dead"))
		return e->dead = true, 0;
	if (!strcmp(word, "can-impedances"))
		return e->state.capabilities |= PORT_IMPEDANCES, 0;
	if (!strcmp(word, "can-hear-on-hook"))
		return e->state.capabilities |= PORT_ON_HOOK_HEAR, 0;
	if (!strcmp(word, "cannot-time-breaks"))
		return e->state.capabilities &= ~(unsigned)PORT_TIMES_BREAKS, 0;
	if (!strcmp(word, "state-off-hook"))
		return e->state.off_hook = number(c, 2, 1), 0;
	if (!strcmp(word, "state-alarm"))
		return e->state.alarm = (enum port_alarm)number(c, 2, 0), 0;
	return -EINVAL;
}

/* ---------------------------------------------------------------------- SIP */

/* invite TRUNK CALLED from CALLER [NAME]; caller "private": none to be shown */
static int invite(struct words *c)
{
	struct fake_trunk *t = fake_trunk_find(c->w, arg(c, 1, ""));
	struct leg_offer o = { .complete = true };
	struct fake_leg *f;

	if (!t || c->count < 5)
		return -EINVAL;
	snprintf(o.called, sizeof(o.called), "%s", c->word[2]);
	if (!strcmp(c->word[4], "private"))
		o.calling.presentation = PRESENTATION_PRIVATE;
	else
		snprintf(o.calling.number, sizeof(o.calling.number), "%s", c->word[4]);
	snprintf(o.calling.name, sizeof(o.calling.name), "%s", arg(c, 5, ""));
	f = fake_leg_new(c->w, t->trunk.name, t->trunk.conf->dtmf == DTMF_RFC4733);
	box_incoming(c->w->box, &f->leg, &t->trunk, &o);
	return 0;
}

static void bye(struct fake_leg *f, int cause, const char *why)
{
	struct release r;

	release_set(&r, (enum cause)cause, true, "%s", why);
	f->released = true;
	leg_released(&f->leg, &r);
	fake_leg_gone(f);
}

/* What the SIP room asks before it follows a 3xx. */
static void redirect(struct words *c, struct fake_leg *f)
{
	const char *to = arg(c, 2, "");

	world_say(c->w, "%s: %s go to %s", f->label,
		  leg_may_redirect(&f->leg, to) ? "may" : "must not", to);
}

static int of_leg(struct words *c)
{
	struct fake_leg *f = fake_leg_find(c->w, arg(c, 1, ""));
	const char *word = c->word[0];

	if (!f)
		return -EINVAL;
	if (f->released) {
		world_say(c->w, "%s: %s comes too late", f->label, word);
		return 0;
	}
	if (!strcmp(word, "trying"))
		leg_proceeding(&f->leg);
	else if (!strcmp(word, "alert"))
		leg_alerting(&f->leg);
	else if (!strcmp(word, "progress"))
		leg_progress(&f->leg);
	else if (!strcmp(word, "answer"))
		leg_answered(&f->leg, ANSWER_SIGNALLED, 100);
	else if (!strcmp(word, "digit"))
		leg_digit(&f->leg, arg(c, 2, "0")[0], 100);
	else if (!strcmp(word, "sip-flash"))
		leg_flash(&f->leg);
	else if (!strcmp(word, "hold"))
		leg_hold(&f->leg, true);
	else if (!strcmp(word, "resume"))
		leg_hold(&f->leg, false);
	else if (!strcmp(word, "redirect"))
		redirect(c, f);
	else if (!strcmp(word, "refer"))
		fake_leg_refer(f, arg(c, 2, ""));
	else if (!strcmp(word, "refer-to") && fake_leg_find(c->w, arg(c, 2, "")))
		fake_leg_refer_to(f, fake_leg_find(c->w, c->word[2]));
	else if (!strcmp(word, "handed-over"))
		fake_leg_handed_over(f, arg(c, 2, ""));
	else if (!strcmp(word, "replace"))
		fake_leg_replace(f);
	else if (!strcmp(word, "bye"))
		bye(f, number(c, 2, CAUSE_NORMAL), arg(c, 3, "BYE"));
	else
		return -EINVAL;
	return 0;
}

static int trunk(struct words *c)
{
	struct fake_trunk *t = fake_trunk_find(c->w, arg(c, 1, ""));

	if (!t)
		return -EINVAL;
	if (!strcmp(arg(c, 2, ""), "up"))
		trunk_set_up(&t->trunk, true, NULL);
	else if (!strcmp(arg(c, 2, ""), "down"))
		trunk_set_up(&t->trunk, false, arg(c, 3, "no answer to OPTIONS"));
	else if (!strcmp(arg(c, 2, ""), "remove"))
		box_trunk_remove(c->w->box, &t->trunk);
	else
		return -EINVAL;
	return 0;
}

/* ----------------------------------------------------------------- operators */

static void on_idle(void *arg)
{
	struct world *w = arg;

	w->idle = true;
	world_say(w, "shutdown: all is quiet");
}

static void result(struct words *c, int rc)
{
	world_say(c->w, "%s %s: %s", c->word[0], arg(c, 1, ""),
		  rc ? strerror(-rc) : "done");
}

static void show_group(void *arg, const struct group_info *g)
{
	world_say(arg, "group %s: %s, %u lines, %u in service, %u idle, %d in, %d out",
		  g->name, g->hunt, g->lines, g->in_service, g->idle, g->limit->in,
		  g->limit->out);
}

static void show_line(void *arg, const struct line *l)
{
	struct line_info i;

	line_get_info(l, &i);
	world_say(arg, "line %s: %s %s, %s%s, call %" PRIu64 ", %u from it, %u to it, "
		  "%u failed", i.name, port_kind_name(i.kind), i.number, i.state,
		  i.in_service ? "" : ", not in service", i.call_id, i.calls_in,
		  i.calls_out, i.failed);
}

/* learned: what lines have learned so far */
static void show_learned(struct world *w)
{
	struct list_head *n;

	list_for_each(n, &w->box->learned) {
		struct learn_line *l = list_entry(n, struct learn_line, node);

		world_say(w, "learned %s: %u releases looked at", l->name, l->releases);
		for (unsigned i = 0; i < l->signals; i++) {
			char words[128], config[160];

			learn_words(&l->signal[i].mean, words, sizeof(words));
			learn_config(&l->signal[i], config, sizeof(config));
			world_say(w, "learned %s: %s, %u calls, %u against: %s", l->name,
				  words, l->signal[i].calls, l->signal[i].against,
				  learn_is_sure(l, &l->signal[i]) ? config : "not sure");
		}
	}
}

static void show_usage(void *arg, const struct fraud_usage *u)
{
	world_say(arg, "fraud %s %s: %u calls, %u s in an hour, %u calls, %u s in a day",
		  u->kind, u->name, u->used.calls_hour, u->used.seconds_hour,
		  u->used.calls_day, u->used.seconds_day);
}

static void keep(void *arg, const char *line)
{
	fprintf(arg, "%s\n", line);
}

/* As a restart would: what was counted is written, lost and read. */
static int restart_fraud(struct world *w)
{
	char *text = NULL, *line, *rest;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return -ENOMEM;
	box_fraud_save(w->box, keep, f);
	fclose(f);
	fraud_free(w->box->fraud);
	w->box->fraud = fraud_new();
	box_fraud_restore(w->box, "box: 1 1");
	box_fraud_restore(w->box, "nonsense");
	for (line = text; (rest = strchr(line, '\n')); line = rest + 1) {
		*rest = '\0';
		world_say(w, "kept: %s", line);
		box_fraud_restore(w->box, line);
	}
	free(text);
	return w->box->fraud ? 0 : -ENOMEM;
}

static int of_fraud(struct words *c)
{
	if (!strcmp(c->word[0], "restart"))
		return restart_fraud(c->w);
	if (strcmp(c->word[0], "fraud"))
		return -EINVAL;
	box_each_fraud_usage(c->w->box, show_usage, c->w);
	world_say(c->w, "fraud: %u refused%s%s", (unsigned)box_fraud_refused(c->w->box),
		  box_fraud_alarm(c->w->box)[0] ? ", alarm: " : "",
		  box_fraud_alarm(c->w->box));
	return 0;
}

static int of_operator(struct words *c)
{
	const char *word = c->word[0];
	struct box *box = c->w->box;
	const char *d = arg(c, 2, "both");

	if (!strcmp(word, "busy-out"))
		result(c, box_busy_out(box, arg(c, 1, "")));
	else if (!strcmp(word, "return"))
		result(c, box_return(box, arg(c, 1, "")));
	else if (!strcmp(word, "hangup"))
		result(c, box_hangup(box, (uint64_t)number(c, 1, 0)));
	else if (!strcmp(word, "limit"))
		result(c, box_set_limit(box, arg(c, 1, ""), !strcmp(d, "in") ? 'i' :
					!strcmp(d, "out") ? 'o' : 0, number(c, 3, -1)));
	else if (!strcmp(word, "measure"))
		measure_start(c->w, arg(c, 1, ""));
	else if (!strcmp(word, "measure-stop"))
		box_measure_stop(box, arg(c, 1, ""), "nobody waits for it any more");
	else if (!strcmp(word, "learned"))
		show_learned(c->w);
	else if (!strcmp(word, "forget"))
		result(c, box_forget(box, arg(c, 1, "")));
	else if (!strcmp(word, "messages"))
		world_say(c->w, "messages of %s: shown by %u", d,
			  box_messages(box, arg(c, 1, ""), d, &(struct messages){
				.waiting = !strcmp(arg(c, 3, ""), "yes") }));
	else if (!strcmp(word, "shutdown"))
		box_shutdown(box, on_idle, c->w);
	else if (!strcmp(word, "show"))
		box_each_group(box, show_group, c->w), box_each_line(box, show_line, c->w);
	else
		return -EINVAL;
	return 0;
}

static void split_words(struct words *c, char *text)
{
	char *p = text;

	while (c->count < WORDS) {
		p += strspn(p, " \t");
		if (!*p)
			return;
		if (*p == '"') {
			c->word[c->count++] = ++p;
			p += strcspn(p, "\"");
		} else {
			c->word[c->count++] = p;
			p += strcspn(p, " \t");
		}
		if (*p)
			*p++ = '\0';
	}
}

int command_run(struct world *w, char *text)
{
	static int (*const all[])(struct words *) = { of_line, of_leg, of_operator,
						      of_fraud };
	struct words c = { .w = w };

	split_words(&c, text);
	if (!c.count)
		return 0;
	if (!strcmp(c.word[0], "invite"))
		return invite(&c);
	if (!strcmp(c.word[0], "trunk"))
		return trunk(&c);
	if (!strcmp(c.word[0], "end"))
		return 0;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!all[i](&c))
			return 0;
	return -EINVAL;
}
