/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fake_media.c - ends that print what they are told. A seized line has its
 * loop current after 20 ms, digits take 200 ms each, unless the script says
 * otherwise.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static struct fake_end *of(const struct media_end *end)
{
	return (struct fake_end *)end;
}

struct fake_end *fake_end_find(struct world *w, const char *label)
{
	struct list_head *n;

	list_for_each(n, &w->ends) {
		struct fake_end *e = list_entry(n, struct fake_end, node);

		if (!e->freed && !strcmp(e->label, label))
			return e;
	}
	return NULL;
}

struct fake_end *fake_end_new(struct world *w, const char *label, media_event_fn *fn,
			      void *owner)
{
	struct fake_end *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->end.media = &w->media;
	e->world = w;
	e->fn = fn;
	e->owner = owner;
	e->state.battery = true;
	snprintf(e->label, sizeof(e->label), "%s", label);
	list_add_before(&w->ends, &e->node);
	return e;
}

void fake_end_event(struct fake_end *e, struct media_event *event)
{
	event->sample = e->world->timers.now_ms * 8;
	if (e->fn && !e->freed)
		e->fn(e->owner, event);
}

void fake_line_event(struct fake_end *e, enum line_event_type type, int value)
{
	struct media_event event = {
		.type = MEDIA_LINE, .line = { .type = type, .value = value },
	};

	switch (type) {
	case LINE_EVENT_OFF_HOOK:
		e->state.off_hook = true;
		timer_stop(&e->told);
		break;
	case LINE_EVENT_ON_HOOK: e->state.off_hook = false; break;
	case LINE_EVENT_RING_ON: e->state.ringing = true; break;
	case LINE_EVENT_RING_OFF: e->state.ringing = false; break;
	case LINE_EVENT_ALARM:
		e->state.alarm = (enum port_alarm)value;
		e->state.ringing = false;
		break;
	case LINE_EVENT_ALARM_CLEARED: e->state.alarm = ALARM_NONE; break;
	default: break;
	}
	fake_end_event(e, &event);
}

static void check(struct fake_end *e, const char *what)
{
	if (!e->freed)
		return;
	world_say(e->world, "BROKEN %s: %s after free", e->label, what);
	e->world->broken = true;
}

static const char *tone_name(const struct fake_end *e, const struct tone *t)
{
	static const char *const names[TONE_COUNT] = {
		"dial tone", "stutter dial tone", "ringback", "busy", "congestion",
		"special information", "call waiting", "howler", "second dial tone",
	};
	static const struct country *c;

	c = &e->world->box->conf->country;
	for (int i = 0; i < TONE_COUNT; i++)
		if (!memcmp(&c->tones[i], t, sizeof(*t)))
			return names[i];
	return "a tone";
}

static void on_closed(void *arg)
{
	struct fake_end *e = arg;
	struct media_event event = { .type = MEDIA_FREED };

	list_remove(&e->node);
	if (e->fn)
		e->fn(e->owner, &event);
	free(e);
}

static void unjoin(struct fake_end *e)
{
	if (!e->joined)
		return;
	e->joined->joined = NULL;
	e->joined = NULL;
}

static void op_free(struct media_end *end)
{
	struct fake_end *e = of(end);

	check(e, "free");
	world_say(e->world, "%s: end freed", e->label);
	unjoin(e);
	e->freed = true;
	timer_stop(&e->seized);
	timer_stop(&e->dialled);
	timer_stop(&e->told);
	timer_start(&e->world->timers, &e->closed, 5, on_closed, e);
}

static int op_join(struct media_end *a, struct media_end *b)
{
	check(of(a), "join");
	check(of(b), "join");
	unjoin(of(a));
	unjoin(of(b));
	of(a)->joined = of(b);
	of(b)->joined = of(a);
	world_say(of(a)->world, "join %s %s", of(a)->label, of(b)->label);
	return 0;
}

static void op_split(struct media_end *end)
{
	struct fake_end *e = of(end);

	check(e, "split");
	world_say(e->world, "split %s %s", e->label,
		  e->joined ? e->joined->label : "-");
	unjoin(e);
}

static int op_play(struct media_end *end, const struct tone *t)
{
	struct fake_end *e = of(end);

	check(e, "play");
	if (t)
		world_say(e->world, "%s: play %s", e->label, tone_name(e, t));
	else
		world_say(e->world, "%s: silence", e->label);
	return 0;
}

static void on_dialled(void *arg)
{
	struct media_event event = { .type = MEDIA_DIALLED };

	fake_end_event(arg, &event);
}

static int op_dial(struct media_end *end, const struct media_dial *d)
{
	struct fake_end *e = of(end);

	check(e, "dial");
	world_say(e->world, "%s: dial %s%s", e->label, d->digits,
		  d->method == DIAL_PULSE ? " by pulses" : "");
	e->dialled_at = e->world->timers.now_ms;
	timer_start(&e->world->timers, &e->dialled, strlen(d->digits) * 200,
		    on_dialled, e);
	return 0;
}

static int op_digit(struct media_end *end, char digit, unsigned ms)
{
	check(of(end), "digit");
	world_say(of(end)->world, "%s: send digit %c", of(end)->label, digit);
	return 0;
}

static int op_detect(struct media_end *end, unsigned what)
{
	struct fake_end *e = of(end);

	check(e, "detect");
	world_say(e->world, "%s: listen for%s%s%s%s%s", e->label,
		  what & DETECT_DIGITS ? " digits" : "",
		  what & DETECT_TONES ? " tones" : "",
		  what & DETECT_CALLERID ? " caller-ID" : "",
		  what & DETECT_FAX ? " fax" : "", what ? "" : " nothing");
	return 0;
}

static int op_relay(struct media_end *end, bool on)
{
	check(of(end), "relay");
	world_say(of(end)->world, "%s: relay digits %s", of(end)->label,
		  on ? "on" : "off");
	return 0;
}

static void op_stats(const struct media_end *end, struct media_stats *s)
{
	*s = (struct media_stats){ .tx_level = of(end)->tx_level };
}

static int op_state(const struct media_end *end, struct port_state *s)
{
	*s = of(end)->state;
	return 0;
}

static void on_seized(void *arg)
{
	fake_line_event(arg, LINE_EVENT_SEIZED, 0);
}

static int op_hook(struct media_end *end, bool off_hook)
{
	struct fake_end *e = of(end);

	check(e, "hook");
	world_say(e->world, "%s: %s hook", e->label, off_hook ? "off" : "on");
	e->state.off_hook = e->taken = off_hook;
	e->state.ringing = false;
	timer_stop(&e->seized);
	timer_stop(&e->dialled);
	if (off_hook && !e->dead)
		timer_start(&e->world->timers, &e->seized, 20, on_seized, e);
	return 0;
}

static void on_callerid_sent(void *arg)
{
	struct fake_end *e = arg;
	struct media_event ev = { .type = MEDIA_CALLERID_SENT };

	fake_end_event(e, &ev);
}

static int op_call_waiting(struct media_end *end, const struct media_ring *r)
{
	check(of(end), "call_waiting");
	world_say(of(end)->world, "%s: tell that %s waits", of(end)->label,
		  r->from.number[0] ? r->from.number : "nobody known");
	return 0;
}

static void on_messages_sent(void *arg)
{
	struct fake_end *e = arg;
	struct media_event ev = { .type = MEDIA_MESSAGES_SENT };

	fake_end_event(e, &ev);
}

static int op_messages(struct media_end *end, const struct media_messages *m)
{
	struct fake_end *e = of(end);

	check(e, "messages");
	world_say(e->world, "%s: tell that %s", e->label,
		  m->waiting ? "messages wait" : "no messages wait");
	timer_start(&e->world->timers, &e->told, 1000, on_messages_sent, e);
	return 0;
}

static int op_callerid(struct media_end *end, const struct media_ring *r)
{
	struct fake_end *e = of(end);

	check(e, "callerid");
	world_say(e->world, "%s: caller ID %s", e->label, r->from.number);
	timer_start(&e->world->timers, &e->dialled, 1000, on_callerid_sent, e);
	return 0;
}

/* Of the usual ones. */
static const char *cadence_name(const struct fake_end *e, const struct cadence *c)
{
	const struct config *conf = e->world->box->conf;
	static char text[24];

	if (!memcmp(c, &conf->country.ring, sizeof(*c)))
		return "";
	for (int i = 1; i <= 5; i++) {
		snprintf(text, sizeof(text), ", bellcore-dr%d", i);
		if (!memcmp(c, config_cadence(conf, text + 2), sizeof(*c)))
			return text;
	}
	return ", another cadence";
}

static int op_ring(struct media_end *end, const struct media_ring *r)
{
	struct fake_end *e = of(end);

	check(e, "ring");
	e->state.ringing = e->rung = r;
	if (!r)
		world_say(e->world, "%s: stop ringing", e->label);
	else if (r->way.standard == CALLERID_NONE)
		world_say(e->world, "%s: ring, no caller ID", e->label);
	else
		world_say(e->world, "%s: ring from %s%s%s%s", e->label,
			  r->from.presentation == PRESENTATION_PRIVATE ? "(private)" :
			  r->from.presentation == PRESENTATION_UNAVAILABLE ?
			  "(unavailable)" : r->from.number,
			  r->from.name[0] ? " " : "", r->from.name,
			  cadence_name(e, &r->cadence));
	return 0;
}

static int op_battery(struct media_end *end, int ms)
{
	check(of(end), "battery");
	world_say(of(end)->world, "%s: battery break %d ms", of(end)->label, ms);
	return 0;
}

static int op_polarity(struct media_end *end, bool reversed)
{
	check(of(end), "polarity");
	world_say(of(end)->world, "%s: polarity %s", of(end)->label,
		  reversed ? "reversed" : "normal");
	return 0;
}

static int op_flash(struct media_end *end, int ms)
{
	check(of(end), "flash");
	world_say(of(end)->world, "%s: flash", of(end)->label);
	return 0;
}

static int op_set(struct media_end *end, enum port_param param, int value)
{
	check(of(end), "set");
	world_say(of(end)->world, "%s: set parameter %d to %d", of(end)->label, param,
		  value);
	return 0;
}

static int op_probe(struct media_end *end, enum media_probe what)
{
	static const char *const words[] = { "", "listen", "test signal",
					     "short test signal" };
	struct fake_end *e = of(end);

	check(e, "probe");
	if (what == PROBE_STOP && e->probing)
		world_say(e->world, "%s: measures no more", e->label);
	else if (what != PROBE_STOP)
		world_say(e->world, "%s: measures: %s", e->label, words[what]);
	e->probing = what;
	return 0;
}

static int op_readings(struct media_end *end, struct port_readings *r)
{
	*r = (struct port_readings){ .has_voltage = true };
	r->voltage = of(end)->state.off_hook ? 8000 : 48000;
	return 0;
}

static int op_impedance(struct media_end *end, int setting)
{
	struct fake_end *e = of(end);

	check(e, "impedance");
	if (!(e->state.capabilities & PORT_IMPEDANCES))
		return -ENOTSUP;
	if (setting > 3)
		return -EINVAL;
	world_say(e->world, "%s: impedance %d", e->label, setting);
	e->impedance = setting < 0 ? 0 : setting;
	return 0;
}

const struct media_ops fake_media_ops = {
	.free = op_free, .join = op_join, .split = op_split, .play = op_play,
	.dial = op_dial, .digit = op_digit, .detect = op_detect,
	.relay_digits = op_relay, .stats = op_stats, .state = op_state,
	.hook = op_hook, .ring = op_ring, .callerid = op_callerid,
	.call_waiting = op_call_waiting,
	.messages = op_messages, .battery = op_battery,
	.polarity = op_polarity, .flash = op_flash, .set = op_set,
	.probe = op_probe,
	.readings = op_readings,
	.impedance = op_impedance,
};
