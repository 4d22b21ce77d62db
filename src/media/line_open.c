/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Making and unmaking a line's end, on the signalling thread. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "media/line_end.h"
#include "media/room.h"

/* With a filter of this room's, that is. */
static bool cancels_here(const struct media_port_conf *c)
{
	return c->echo_ms && c->canceller != CANCELLER_CARD;
}

static struct echo *make_echo(const struct media_port_conf *c)
{
	unsigned flags = (c->nlp ? ECHO_NLP : 0) |
			 (c->canceller == CANCELLER_SPANDSP ? ECHO_SPANDSP : 0);

	return cancels_here(c) ? echo_new(c->echo_ms, flags) : NULL;
}

/* 8 samples a millisecond. A port that cannot do it answers -ENOTSUP. */
static void set_card_canceller(struct line_end *l, const struct media_port_conf *c)
{
	if (l->driver->set)
		l->driver->set(l->port, PORT_KERNEL_CANCELLER,
			       c->canceller == CANCELLER_CARD ? c->echo_ms * 8 : 0);
}

void line_end_dispose(struct end *e)
{
	struct line_end *l = line_end(e);

	if (l->port)
		l->driver->close(l->port);
	echo_free(l->echo);
	echo_free(atomic_load(&l->echo_next));
	echo_free(atomic_load(&l->echo_spent));
	probe_free(l->probe);
	callerid_sender_free(l->sender);
	listen_fini(&e->listen);
	free(l);
}

static int prepare(struct line_end *l, const struct media_port_conf *c)
{
	l->echo_ms = c->echo_ms;
	l->nlp = c->nlp;
	l->canceller = c->canceller;
	l->conf = *c;
	l->rx_gain = c->rx_gain ? level_gain(c->rx_gain) : 1.0f;
	l->tx_gain = c->tx_gain ? level_gain(c->tx_gain) : 1.0f;
	l->echo = make_echo(c);
	l->sender = callerid_sender_new();
	if ((cancels_here(c) && !l->echo) || !l->sender)
		return -ENOMEM;
	return listen_init(&l->end.listen, c);
}

struct end *line_end_new(struct media *m, const char *port,
			 const struct port_conf *pc,
			 const struct media_port_conf *c, char *why, size_t size)
{
	struct line_end *l = calloc(1, sizeof(*l));
	struct port_conf conf = *pc;
	struct port_state s = { 0 };
	const char *address = "";

	snprintf(why, size, "no memory");
	if (!l)
		return NULL;
	l->end.class = &line_class;
	for (int i = 0; i < 2; i++)
		watch_init(&l->own[i], WATCH_LINE);
	list_init(&l->audio_node);
	snprintf(l->name, sizeof(l->name), "%s", port);
	slipring_reset(&l->ring);
	l->driver = ((struct room *)m)->find(port, &address);
	if (!l->driver) {
		snprintf(why, size, "%s: no driver of that name; ports are "
			 "called dahdi/N or sim/N", port);
		goto fail;
	}
	if (prepare(l, c))
		goto fail;
	if (!conf.address[0])
		snprintf(conf.address, sizeof(conf.address), "%s", address);
	if (l->driver->open(&l->port, &conf, why, size)) {
		l->port = NULL;
		goto fail;
	}
	if (c->canceller == CANCELLER_CARD)
		set_card_canceller(l, c);
	l->driver->state(l->port, &s);
	l->format = s.format;
	stat_set(l->snapshot, line_pack(&s));
	return &l->end;
fail:
	line_end_dispose(&l->end);
	errno = EIO;
	return NULL;
}

int line_end_state(const struct end *e, struct port_state *s)
{
	const struct line_end *l = (const struct line_end *)e;

	line_unpack(stat_get(l->snapshot), s);
	return 0;
}

/* The pump takes the new canceller with the command that follows. */
int line_end_conf(struct end *e, const struct media_port_conf *c)
{
	struct line_end *l = line_end(e);
	struct echo *echo;

	echo_free(atomic_exchange(&l->echo_spent, NULL));
	if (c->echo_ms == l->echo_ms && c->nlp == l->nlp &&
	    c->canceller == l->canceller)
		return 0;
	echo = make_echo(c);
	if (cancels_here(c) && !echo)
		return -ENOMEM;
	echo_free(atomic_exchange(&l->echo_next, echo));
	l->echo_ms = c->echo_ms;
	l->nlp = c->nlp;
	l->canceller = c->canceller;
	atomic_store_explicit(&l->echo_changed, true, memory_order_release);
	return 0;
}
