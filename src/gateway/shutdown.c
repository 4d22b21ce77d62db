/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * shutdown.c - the end: lines on hook, BYEs answered, registrations taken back,
 * and not a moment longer than TIMER_SHUTDOWN.
 */
#include "base/log.h"
#include "gateway/process.h"
#include "gateway/room.h"

/* Taking everything apart may take so long after the deadline. */
enum { HARD_MS = 400 };

static void finish(struct gateway *g)
{
	void (*done)(void *) = g->done;

	timer_stop(&g->deadline);
	g->done = NULL;
	if (done)
		done(g->done_arg);
}

static void on_box_idle(void *arg)
{
	struct gateway *g = arg;

	g->box_idle = true;
	if (g->agent_done)
		finish(g);
}

static void on_agent_done(void *arg)
{
	struct gateway *g = arg;

	g->agent_done = true;
	if (g->box_idle)
		finish(g);
}

static void on_deadline(void *arg)
{
	struct gateway *g = arg;

	log_warning("not everything ended in %u ms (%s): stopped hard",
		    g->conf->timers[TIMER_SHUTDOWN],
		    g->box_idle ? "a SIP peer does not answer" :
		    "a call did not end");
	finish(g);
}

void gateway_shutdown(struct gateway *g, void (*done)(void *arg), void *arg)
{
	if (g->stopping)
		return;
	g->stopping = true;
	g->done = done;
	g->done_arg = arg;
	notify_stopping();
	timer_start(&g->loop->timers, &g->deadline,
		    g->conf->timers[TIMER_SHUTDOWN], on_deadline, g);
	process_deadline(g->conf->timers[TIMER_SHUTDOWN] + HARD_MS);
	ports_forget_gone(g);
	/* The agent first: it then refuses calls that come meanwhile. */
	agent_shutdown(g->agent, on_agent_done, g);
	isdn_shutdown(g->isdn);
	box_shutdown(g->box, on_box_idle, g);
}
