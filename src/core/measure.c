/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What measurements of FXO and FXS lines have in common. */
#include "core/measure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/line.h"

static const struct media_ops *media_of(const struct line *l)
{
	return l->end->media->ops;
}

static int refuse(char *why, size_t size, int err, const char *text)
{
	snprintf(why, size, "%s", text);
	return err;
}

int box_measure(struct box *box, const char *name, char *why, size_t size)
{
	struct line *l = box_line(box, name);

	if (!l)
		return refuse(why, size, -ENOENT, "there is no such line");
	if (!l->end || l->fsm.state == LINE_OUT)
		return refuse(why, size, -ENOLINK, l->fault[0] ? l->fault :
			      "it is out of service");
	if (l->kind == PORT_B)
		return refuse(why, size, -ENOTSUP, "a digital channel has no noise, echo "
			      "or feeding of its own");
	if (l->measure)
		return refuse(why, size, -EBUSY, "it is being measured already");
	if (box->shutting_down)
		return refuse(why, size, -EBUSY, "tipring is shutting down");
	if (line_is_guarded(l))
		return refuse(why, size, -EBUSY, "it rests after its last call; try "
			      "again in some seconds");
	if (l->leg.call || l->second.call ||
	    !(l->fsm.type->states[l->fsm.state].accepts & BIT(L_MEASURE))) {
		snprintf(why, size, "it is in use (%s); try again later, or take it "
			 "out of service with busy-out first", fsm_state_name(&l->fsm));
		return -EBUSY;
	}
	l->measure = calloc(1, sizeof(*l->measure));
	if (!l->measure)
		return refuse(why, size, -ENOMEM, "out of memory");
	l->measure->kind = l->kind;
	log_info("line %s: is measured", l->name);
	line_post(l, L_MEASURE);
	return 0;
}

void measure_stop(struct line *l, const char *why)
{
	char text[64];

	snprintf(text, sizeof(text), "%s", why);
	if (l->measure)
		fsm_post(&l->fsm, L_MEASURE_STOP, text, sizeof(text));
}

void box_measure_stop(struct box *box, const char *name, const char *why)
{
	struct line *l = box_line(box, name);

	if (l)
		measure_stop(l, why);
}

void measure_readings(struct line *l, struct port_readings *r)
{
	int err = media_of(l)->readings(l->end, r);

	if (err && err != -ENOTSUP)
		log_warning("line %s: the card does not tell voltage and current: %s",
			    l->name, strerror(-err));
	if (err)
		*r = (struct port_readings){ 0 };
}

int measure_probe(struct line *l, enum media_probe what)
{
	int err = media_of(l)->probe(l->end, what);

	if (err)
		log_warning("line %s: cannot be measured: %s", l->name, strerror(-err));
	return err;
}

void measure_done(struct line *l, const char *why)
{
	struct measurement *m = l->measure;
	const struct box_observer *o = l->box->observer;

	if (!m)
		return;
	media_of(l)->probe(l->end, PROBE_STOP);
	if (m->changed)
		media_of(l)->impedance(l->end, -1);
	if (m->muted)
		media_of(l)->set(l->end, PORT_KERNEL_CANCELLER, l->conf->echo_ms * 8);
	m->complete = !why;
	snprintf(m->why, sizeof(m->why), "%s", why ? why : "");
	log_info("line %s: %s%s", l->name, why ? "measured in part: " : "measured",
		 m->why);
	l->measure = NULL;
	if (o && o->measured)
		o->measured(l->box->observer_arg, l, m);
	free(m);
}

void measure_free(struct line *l)
{
	free(l->measure);
	l->measure = NULL;
}
