/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The operations of tipring/media.h: checks, then a command to the pump. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "media/line_end.h"
#include "media/room.h"
#include "media/rtp_end.h"

#define RETRY_MS 10

static struct end *end_of(const struct media_end *m)
{
	return (struct end *)m;
}

static struct room *room_of(const struct end *e)
{
	return (struct room *)e->base.media;
}

static bool is_line(const struct end *e)
{
	return e->class == &line_class;
}

/* ------------------------------------------------------------------ posting */

enum { OVERDUE_SPLIT = 1, OVERDUE_FREE = 2 };

int room_flush(struct room *room)
{
	while (!list_empty(&room->overdue)) {
		struct end *e = list_entry(room->overdue.next, struct end,
					   overdue_node);
		struct command c = { .end = e, .type = COMMAND_SPLIT };

		if (e->overdue & OVERDUE_SPLIT) {
			if (mailbox_post(room->pump->commands, &c) == -ENOBUFS)
				return -ENOBUFS;
			e->overdue &= ~(unsigned)OVERDUE_SPLIT;
		}
		c.type = COMMAND_RELEASE;
		if (e->overdue & OVERDUE_FREE &&
		    mailbox_post(room->pump->commands, &c) == -ENOBUFS)
			return -ENOBUFS;
		e->overdue = 0;
		list_remove(&e->overdue_node);
	}
	return 0;
}

static void retry(void *arg)
{
	struct room *room = arg;

	if (room_flush(room))
		timer_start(&room->loop->timers, &room->retry, RETRY_MS, retry,
			    room);
}

/* Commands keep their order: nothing passes what is overdue. */
int room_post(const struct command *c)
{
	struct room *room = room_of(c->end);
	int err = room_flush(room);

	if (!err && mailbox_post(room->pump->commands, c) == -ENOBUFS)
		err = -ENOBUFS;
	return err;
}

/* For what may not fail. */
static void must(const struct command *c, unsigned overdue)
{
	struct room *room = room_of(c->end);

	if (!room_post(c))
		return;
	c->end->overdue |= overdue;
	if (list_empty(&c->end->overdue_node))
		list_add_before(&room->overdue, &c->end->overdue_node);
	if (!timer_runs(&room->retry))
		timer_start(&room->loop->timers, &room->retry, RETRY_MS, retry,
			    room);
}

static int post_value(struct media_end *m, enum command_type type, int value)
{
	struct command c = { .type = type, .end = end_of(m), .value = value };

	return room_post(&c);
}

/* -------------------------------------------------------------------- ends */

static struct media_end *enter(struct media *m, struct end *e,
			       media_event_fn *fn, void *owner)
{
	struct room *room = (struct room *)m;
	struct command c = { .type = COMMAND_ADD, .end = e };

	e->base.media = m;
	e->pump = room->pump;
	e->fn = fn;
	e->owner = owner;
	stat_set(e->stats.rx_level, -990);
	stat_set(e->stats.tx_level, -990);
	list_init(&e->overdue_node);
	list_init(&e->node);
	list_init(&e->owing_node);
	list_init(&e->changed_node);
	list_init(&e->all);
	if (room_post(&c)) {
		e->class->dispose(e);
		errno = ENOBUFS;
		return NULL;
	}
	list_add_before(&room->ends, &e->all);
	return &e->base;
}

static struct media_end *port_new(struct media *m, const char *port,
				  const struct port_conf *pc,
				  const struct media_port_conf *c,
				  media_event_fn *fn, void *owner, char *why,
				  size_t size)
{
	struct end *e = line_end_new(m, port, pc, c, why, size);

	return e ? enter(m, e, fn, owner) : NULL;
}

static struct media_end *rtp_new(struct media *m, const struct media_rtp_conf *c,
				 media_event_fn *fn, void *owner)
{
	struct end *e = rtp_end_new(m, c);

	return e ? enter(m, e, fn, owner) : NULL;
}

static uint16_t rtp_port(const struct media_end *m)
{
	return is_line(end_of(m)) ? 0 : rtp_end_port(end_of(m));
}

static int rtp_set(struct media_end *m, const struct media_rtp *r)
{
	if (is_line(end_of(m)) || r->codec <= CODEC_NONE ||
	    r->codec >= CODEC_COUNT)
		return -EINVAL;
	return rtp_end_set(end_of(m), r);
}

static void free_end(struct media_end *m)
{
	struct command c = { .type = COMMAND_RELEASE };

	if (!m)
		return;
	c.end = end_of(m);
	if (c.end->closing)
		return;
	c.end->closing = true;
	must(&c, OVERDUE_FREE);
}

static int join(struct media_end *a, struct media_end *b)
{
	struct command c = { .type = COMMAND_JOIN, .end = end_of(a),
			     .other = end_of(b) };

	if (a == b || end_of(a)->closing || end_of(b)->closing)
		return -EINVAL;
	return room_post(&c);
}

static void split(struct media_end *m)
{
	struct command c = { .type = COMMAND_SPLIT, .end = end_of(m) };

	must(&c, OVERDUE_SPLIT);
}

/* ------------------------------------------------------------------- sounds */

static int play(struct media_end *m, const struct tone *t)
{
	struct command c = { .type = COMMAND_PLAY, .end = end_of(m) };

	if (t && t->count > TONE_SEGMENTS)
		return -EINVAL;
	if (t)
		c.tone = *t;
	return room_post(&c);
}

static int dial(struct media_end *m, const struct media_dial *d)
{
	struct command c = { .type = COMMAND_DIAL, .end = end_of(m), .dial = *d };
	struct port_state s;

	if (!memchr(d->digits, 0, sizeof(d->digits)))
		return -EINVAL;
	for (const char *p = d->digits; *p; p++) {
		bool ok = d->method == DIAL_PULSE ? isdigit((unsigned char)*p)
				: toupper((unsigned char)*p) != 'F' &&
				  dialler_digit(*p);

		if (!ok && toupper((unsigned char)*p) != 'W')
			return -EINVAL;
	}
	if (d->method != DIAL_PULSE)
		return room_post(&c);
	if (!is_line(c.end) || line_end_state(c.end, &s) ||
	    !(s.capabilities & PORT_PULSE))
		return -ENOTSUP;
	return room_post(&c);
}

static int digit(struct media_end *m, char d, unsigned ms)
{
	struct command c = { .type = COMMAND_DIGIT, .end = end_of(m) };
	struct port_state s;

	if (!dialler_digit(d))
		return -EINVAL;
	c.param = toupper((unsigned char)d);
	c.value = (int)(ms > 60000 ? 60000 : ms);
	if (c.param == 'F' && is_line(c.end) &&
	    (line_end_state(c.end, &s) || s.kind != PORT_FXO))
		return -ENOTSUP;
	return room_post(&c);
}

static int detect(struct media_end *m, unsigned what)
{
	if (what & DETECT_CALLERID && !is_line(end_of(m)))
		return -ENOTSUP;
	return post_value(m, COMMAND_DETECT, (int)what);
}

static int relay_digits(struct media_end *m, bool on)
{
	return post_value(m, COMMAND_RELAY, on);
}

static void stats(const struct media_end *m, struct media_stats *to)
{
	const struct end_stats *s = &end_of(m)->stats;

	*to = (struct media_stats) {
		.samples = stat_get(s->samples),
		.sent = stat_get(s->sent), .received = stat_get(s->received),
		.lost = stat_get(s->lost), .late = stat_get(s->late),
		.strangers = stat_get(s->strangers),
		.malformed = stat_get(s->malformed),
		.forged = stat_get(s->forged),
		.remote_lost = stat_get(s->remote_lost),
		.jitter_ms = (uint16_t)stat_get(s->jitter_ms),
		.delay_ms = (uint16_t)stat_get(s->delay_ms),
		.round_trip_ms = (uint16_t)stat_get(s->round_trip_ms),
		.rx_level = (int16_t)stat_get(s->rx_level),
		.tx_level = (int16_t)stat_get(s->tx_level),
		.erle = (int16_t)stat_get(s->erle),
		.slips = stat_get(s->slips), .overruns = stat_get(s->overruns),
		.events = stat_get(s->events),
		.events_lost = stat_get(s->events_lost),
		.silences = stat_get(s->silences),
	};
}

/* -------------------------------------------------------------------- lines */

static int line_value(struct media_end *m, enum command_type type, int value)
{
	return is_line(end_of(m)) ? post_value(m, type, value) : -ENOTSUP;
}

/* -ENOTSUP unless the port is of this kind (0: any) and has the capability. */
static int needs(const struct media_end *m, enum port_kind kind, unsigned can)
{
	struct port_state s;

	if (!is_line(end_of(m)) || line_end_state(end_of(m), &s))
		return -ENOTSUP;
	if ((kind && s.kind != kind) || (s.capabilities & can) != can)
		return -ENOTSUP;
	return 0;
}

static int conf(struct media_end *m, const struct media_port_conf *p)
{
	struct command c = { .type = COMMAND_CONF, .end = end_of(m), .conf = *p };
	int err;

	if (!is_line(c.end))
		return -ENOTSUP;
	err = line_end_conf(c.end, p);
	return err ? err : room_post(&c);
}

static int state(const struct media_end *m, struct port_state *s)
{
	return is_line(end_of(m)) ? line_end_state(end_of(m), s) : -ENOTSUP;
}

static int hook(struct media_end *m, bool off_hook)
{
	int err = needs(m, PORT_FXO, 0);

	return err ? err : line_value(m, COMMAND_HOOK, off_hook);
}

static int ring(struct media_end *m, const struct media_ring *r)
{
	struct command c = { .type = COMMAND_RING, .end = end_of(m) };
	int err = needs(m, PORT_FXS, 0);

	if (err)
		return err;
	if (r && (!r->cadence.count || r->cadence.count > CADENCE_STEPS))
		return -EINVAL;
	if (r)
		c.ring = *r;
	return room_post(&c);
}

static int callerid(struct media_end *m, const struct media_ring *r)
{
	struct command c = { .type = COMMAND_CALLERID, .end = end_of(m), .ring = *r };
	int err = needs(m, PORT_FXS, 0);

	return err ? err : room_post(&c);
}

static int call_waiting(struct media_end *m, const struct media_ring *r)
{
	struct command c = { .type = COMMAND_WAITING, .end = end_of(m), .ring = *r };
	int err = needs(m, PORT_FXS, 0);

	return err ? err : room_post(&c);
}

static int messages(struct media_end *m, const struct media_messages *what)
{
	struct command c = { .type = COMMAND_MESSAGES, .end = end_of(m),
			     .messages = *what };
	int err = needs(m, PORT_FXS, PORT_ON_HOOK_SEND);

	if (!err && !callerid_tells_messages(what->way.standard))
		err = -ENOTSUP;
	return err ? err : room_post(&c);
}

static int battery(struct media_end *m, int break_ms)
{
	int err = needs(m, PORT_FXS, 0);

	return err ? err : line_value(m, COMMAND_BATTERY, break_ms);
}

static int polarity(struct media_end *m, bool reversed)
{
	int err = needs(m, PORT_FXS, PORT_CAN_REVERSE);

	return err ? err : line_value(m, COMMAND_POLARITY, reversed);
}

static int flash(struct media_end *m, int ms)
{
	int err = needs(m, PORT_FXO, 0);

	return err ? err : line_value(m, COMMAND_FLASH, ms);
}

static int set(struct media_end *m, enum port_param param, int value)
{
	struct command c = { .type = COMMAND_SET, .end = end_of(m) };

	if (!is_line(c.end))
		return -ENOTSUP;
	c.param = (int)param;
	c.value = value;
	return room_post(&c);
}

/* The pump gives it back by MEDIA_PROBED, stopped or not. */
static int probe(struct media_end *m, enum media_probe what)
{
	struct command c = { .type = COMMAND_PROBE, .end = end_of(m) };
	struct line_end *l = line_end(c.end);
	int err;

	if (!is_line(c.end))
		return -ENOTSUP;
	if (what == PROBE_STOP) {
		if (!l->probe || probe_stopped(l->probe))
			return 0;
		probe_stop(l->probe);
		return room_post(&c);
	}
	if (l->probe)
		return -EBUSY;
	c.probe = probe_new(what);
	if (!c.probe)
		return -ENOMEM;
	err = room_post(&c);
	if (err)
		probe_free(c.probe);
	else
		l->probe = c.probe;
	return err;
}

static int readings(struct media_end *m, struct port_readings *r)
{
	struct line_end *l = line_end(end_of(m));
	int err = needs(m, 0, PORT_READINGS);

	*r = (struct port_readings){ 0 };
	return err ? err : l->driver->readings ? l->driver->readings(l->port, r) : -ENOTSUP;
}

static int impedance(struct media_end *m, int setting)
{
	struct line_end *l = line_end(end_of(m));
	int err = needs(m, PORT_FXO, PORT_IMPEDANCES);

	return err ? err : l->driver->impedance ?
	       l->driver->impedance(l->port, setting) : -ENOTSUP;
}

const struct media_ops room_ops = {
	.port_new = port_new,
	.rtp_new = rtp_new,
	.rtp_port = rtp_port,
	.rtp_set = rtp_set,
	.free = free_end,
	.join = join,
	.split = split,
	.play = play,
	.dial = dial,
	.digit = digit,
	.detect = detect,
	.relay_digits = relay_digits,
	.stats = stats,
	.conf = conf,
	.state = state,
	.hook = hook,
	.ring = ring,
	.callerid = callerid,
	.call_waiting = call_waiting,
	.messages = messages,
	.battery = battery,
	.polarity = polarity,
	.flash = flash,
	.set = set,
	.probe = probe,
	.readings = readings,
	.impedance = impedance,
};
