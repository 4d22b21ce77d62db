/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What all ends have in common, on the pump's side. */
#include "media/end.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "media/pump.h"

#define DIGIT_MS 100		/* on and off, where nobody says */

/* ------------------------------------------------------------------ notices */

static void owe(struct end *e, unsigned what)
{
	e->owed |= what;
	if (list_empty(&e->owing_node))
		list_add_before(&e->pump->owing, &e->owing_node);
}

static unsigned owed_kind(const struct media_event *ev)
{
	switch (ev->type) {
	case MEDIA_LINE:	return OWED_RESYNC;
	case MEDIA_PLAYED:	return OWED_PLAYED;
	case MEDIA_DIALLED:	return OWED_DIALLED;
	case MEDIA_RTP_FIRST:	return OWED_FIRST;
	case MEDIA_RTP_DEAD:	return OWED_DEAD;
	case MEDIA_PROBED:	return OWED_PROBED;
	case MEDIA_FREED:	return OWED_FREED;
	default:		return 0;
	}
}

void end_emit(struct end *e, const struct media_event *ev)
{
	struct notice n = { .end = e, .event = *ev };
	unsigned kind = owed_kind(ev);

	if (!n.event.sample)
		n.event.sample = e->samples;
	/* What is owed comes first, in its order. */
	if (!e->owed && ev->type != MEDIA_FREED &&
	    mailbox_post(e->pump->notices, &n) != -ENOBUFS)
		return;
	if (ev->type == MEDIA_FREED) {
		owe(e, OWED_FREED);
		return;
	}
	if (kind)
		owe(e, kind);
	if (!kind || ev->type == MEDIA_LINE) {
		stat_add(e->stats.events_lost, 1);
		stat_add(e->pump->events_lost, 1);
	}
}

void end_emit_type(struct end *e, enum media_event_type type)
{
	struct media_event ev = { .type = type };

	end_emit(e, &ev);
}

void end_emit_digit(struct end *e, char digit, enum digit_source source,
		    unsigned ms)
{
	struct media_event ev = { .type = MEDIA_DIGIT };

	ev.digit.digit = digit;
	ev.digit.source = source;
	ev.digit.ms = (uint16_t)(ms > 0xffff ? 0xffff : ms);
	end_emit(e, &ev);
}

/* -------------------------------------------------------------------- joins */

void end_changed(struct end *e)
{
	if (list_empty(&e->changed_node))
		list_add_before(&e->pump->changed, &e->changed_node);
}

void end_split(struct end *e)
{
	struct end *peer = e->peer;

	if (!peer)
		return;
	e->peer = peer->peer = NULL;
	e->listen.digits_wanted = peer->listen.digits_wanted = false;
	end_changed(e);
	end_changed(peer);
}

void end_join(struct end *a, struct end *b)
{
	if (a == b || a->peer == b)
		return;
	end_split(a);
	end_split(b);
	a->peer = b;
	b->peer = a;
	end_changed(a);
	end_changed(b);
}

/* -------------------------------------------------------------------- sound */

void end_dialled(struct end *e)
{
	end_changed(e);
	if (e->dialling)
		end_emit_type(e, MEDIA_DIALLED);
	e->dialling = false;
}

bool end_sound(struct end *e, int16_t *to, size_t n)
{
	if (dialler_busy(&e->dialler)) {
		if (!dialler_run(&e->dialler, to, n))
			end_dialled(e);
		return true;
	}
	if (!e->player.playing)
		return false;
	if (!player_run(&e->player, to, n)) {
		end_changed(e);
		end_emit_type(e, MEDIA_PLAYED);
	}
	return true;
}

static void emit(void *arg, const struct media_event *ev)
{
	end_emit(arg, ev);
}

void end_listen(struct end *e, const int16_t *s, size_t n)
{
	struct listen *l = &e->listen;

	if (!listen_any(l))
		return;
	listen_run(l, s, n, e->samples, emit, e);
	if (!(l->what & DETECT_DIGITS))
		return;
	for (unsigned i = 0; i < l->digits.changes; i++)
		if (!l->digits.change[i].began)
			end_emit_digit(e, l->digits.change[i].digit, DIGIT_DTMF,
				       l->digits.change[i].samples / 8);
}

void end_meters(struct end *e)
{
	stat_set(e->stats.rx_level, level_dbm0(e->rx.squares, e->rx.samples));
	stat_set(e->stats.tx_level, level_dbm0(e->tx.squares, e->tx.samples));
	e->rx = (struct meter) { .frames = e->rx.frames };
	e->tx = (struct meter) { .frames = e->tx.frames };
	stat_set(e->stats.samples, e->samples);
}

/* ----------------------------------------------------------------- commands */

static void dial(struct end *e, const struct media_dial *d)
{
	unsigned on = d->on_ms ? d->on_ms : DIGIT_MS;
	unsigned off = d->off_ms ? d->off_ms : DIGIT_MS;

	dialler_add_string(&e->dialler, d->digits, on, off);
	e->dialling = dialler_busy(&e->dialler);
	if (!e->dialling)
		end_emit_type(e, MEDIA_DIALLED);
}

void end_command(struct end *e, const struct command *c)
{
	switch (c->type) {
	case COMMAND_JOIN:
		end_join(e, c->other);
		return;
	case COMMAND_SPLIT:
		end_split(e);
		return;
	case COMMAND_PLAY:
		player_start(&e->player, &c->tone);
		break;
	case COMMAND_DIAL:
		dial(e, &c->dial);
		break;
	case COMMAND_DIGIT:
		dialler_add(&e->dialler, (char)c->param,
			    c->value > 0 ? (unsigned)c->value : DIGIT_MS,
			    DIGIT_MS / 2);
		break;
	case COMMAND_DETECT:
		listen_for(&e->listen, (unsigned)c->value);
		break;
	case COMMAND_RELAY:
		e->relay = c->value;
		break;
	case COMMAND_RELEASE:
		end_split(e);
		e->class->release(e);
		list_remove(&e->changed_node);
		list_remove(&e->node);
		e->owed = 0;
		end_emit_type(e, MEDIA_FREED);
		return;
	default:
		return;
	}
	end_changed(e);
}
