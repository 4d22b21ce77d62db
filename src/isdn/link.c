/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* link.c - libpri on a D channel of ours. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "base/log.h"
#include "isdn/frame.h"
#include "isdn/room.h"

#define FCS 2			/* octets that libpri counts and does not look at */

static struct link *links;

/* What libpri says, a line at a time. */
static struct {
	char text[256];
	size_t used;
} said;

static const char *name_of(const struct pri *pri)
{
	for (const struct link *l = links; l; l = l->next)
		if (l->pri == pri && l->span)
			return l->span->name;
	return "?";
}

static void say(struct pri *pri, const char *text, enum log_level level)
{
	for (; *text; text++) {
		if (*text != '\n') {
			said.text[said.used++] = *text;
			if (said.used < sizeof(said.text) - 1)
				continue;
		}
		said.text[said.used] = '\0';
		if (said.used)
			log_write(level, "span %s: libpri: %s", name_of(pri), said.text);
		said.used = 0;
	}
}

static void on_message(struct pri *pri, char *text)
{
	say(pri, text, LOG_LEVEL_DEBUG);
}

static void on_error(struct pri *pri, char *text)
{
	say(pri, text, LOG_LEVEL_INFO);
}

/* What it is not fit to read it does not see. */
static bool sound(struct link *l, uint8_t *frame, size_t *octets)
{
	struct frame_check c = frame_check(frame, octets);

	if (c.verdict == FRAME_WHOLE)
		return true;
	log_debug("span %s: a frame was %s: %s", l->span ? l->span->name : "?",
		  c.verdict == FRAME_MENDED ? "mended" : "dropped", c.what);
	return c.verdict == FRAME_MENDED;
}

/* A far end's command bears C/R 1 from the network, 0 from the user (Q.921 3.3.2). */
static size_t read_disc(struct link *l, uint8_t *to)
{
	to[0] = l->node == PRI_NETWORK ? 0x00 : 0x02;
	to[1] = 0x01;		/* TEI 0 */
	to[2] = 0x53;		/* DISC, P */
	l->ends = false;
	return 3;
}

static int read_frame(struct pri *pri, void *to, int size)
{
	struct link *l = pri_get_userdata(pri);
	bool ends = l->ends;
	ssize_t n;
	size_t octets;

	do {
		if (ends) {
			octets = read_disc(l, to);
			break;
		}
		n = l->d ? l->ops->read(l->d, to, (size_t)size - FCS) : -EAGAIN;
		/* libpri takes a negative answer for a frame's length. */
		if (n <= 0)
			return 0;
		octets = (size_t)n;
	} while (!sound(l, to, &octets));
	l->read = true;
	link_watch_frame(&l->watch, to, octets, false);
	memset((char *)to + octets, 0, FCS);
	return (int)octets + FCS;
}

/* A frame that does not go out is lost: Q.921 repeats it. */
static int write_frame(struct pri *pri, void *from, int octets)
{
	struct link *l = pri_get_userdata(pri);

	if (octets > FCS)
		link_watch_frame(&l->watch, from, (size_t)octets - FCS, true);
	if (l->d && octets > FCS)
		l->ops->write(l->d, from, (size_t)octets - FCS);
	return octets;
}

static int switch_of(const struct span *s)
{
	switch (s->conf->type) {
	case SWITCH_NI2: return PRI_SWITCH_NI2;
	case SWITCH_DMS100: return PRI_SWITCH_DMS100;
	case SWITCH_4ESS: return PRI_SWITCH_ATT4ESS;
	case SWITCH_5ESS: return PRI_SWITCH_LUCENT5E;
	case SWITCH_NI1: return PRI_SWITCH_NI1;
	case SWITCH_QSIG: return PRI_SWITCH_QSIG;
	case SWITCH_EUROISDN: break;
	}
	return s->shape.t1 ? PRI_SWITCH_EUROISDN_T1 : PRI_SWITCH_EUROISDN_E1;
}

static struct link *find_idle(int node, int type)
{
	for (struct link *l = links; l; l = l->next)
		if (!l->span && l->node == node && l->type == type)
			return l;
	return NULL;
}

struct link *link_get(struct span *s, const struct dchannel_ops *ops,
		      struct dchannel *d)
{
	int node = s->conf->role == SPAN_NETWORK ? PRI_NETWORK : PRI_CPE;
	int type = switch_of(s);
	struct link *l = find_idle(node, type);
	bool new = !l;

	if (new)
		l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->node = node;
	l->type = type;
	l->span = s;
	l->ops = ops;
	l->d = d;
	pri_set_message(on_message);
	pri_set_error(on_error);
	if (new) {
		l->pri = pri_new_cb(ops->fd(d), node, type, read_frame, write_frame, l);
		if (!l->pri) {
			free(l);
			return NULL;
		}
		l->next = links;
		links = l;
		pri_facility_enable(l->pri);
		pri_hangup_fix_enable(l->pri, 1);
	}
	link_configure(l);
	return l;
}

void link_configure(struct link *l)
{
	static const struct {
		enum PRI_TIMERS_AND_COUNTERS pri;
		enum timer_id ours;
	} in_s[] = {
		{ PRI_TIMER_T203, TIMER_T203 }, { PRI_TIMER_T303, TIMER_T303 },
		{ PRI_TIMER_T305, TIMER_T305 }, { PRI_TIMER_T308, TIMER_T308 },
		{ PRI_TIMER_T309, TIMER_T309 }, { PRI_TIMER_T313, TIMER_T313 },
	};
	const struct span *s = l->span;
	const uint32_t *timers = s->isdn->conf->timers;

	pri_set_overlapdial(l->pri, s->conf->overlap);
	for (unsigned i = 0; i < sizeof(in_s) / sizeof(in_s[0]); i++)
		pri_set_timer(l->pri, in_s[i].pri, (int)timers[in_s[i].ours] * 1000);
	pri_set_timer(l->pri, PRI_TIMER_T200, (int)timers[TIMER_T200]);
	pri_set_debug(l->pri, s->isdn->conf->log == CONFIG_LOG_DEBUG ?
		      PRI_DEBUG_Q921_STATE | PRI_DEBUG_Q931_DUMP : 0);
	/* HOLD is of these protocols (ETS 300 141 and what was built on it), ECT of
	 * ETS 300 369; libpri refuses either where it is off. */
	pri_hold_enable(l->pri, s->conf->type == SWITCH_EUROISDN ||
				s->conf->type == SWITCH_QSIG);
	/* Elsewhere libpri says yes to SERVICE and does nothing. */
	pri_set_service_message_support(l->pri, s->conf->type == SWITCH_NI2 ||
		s->conf->type == SWITCH_4ESS || s->conf->type == SWITCH_5ESS);
	pri_transfer_enable(l->pri, s->conf->trunk.transfer == TRANSFER_ACCEPT);
}

/* To libpri its link would still stand for the next span, or for this one when its
 * card is back, and it would never tell that it is up: the link is ended. */
void link_put(struct link *l)
{
	if (!l)
		return;
	l->d = NULL;
	l->ends = true;
	while (link_event(l))
		;
	l->span = NULL;
}

pri_event *link_event(struct link *l)
{
	pri_event *e;

	/* A frame without an event is no end. */
	do {
		l->read = false;
		e = pri_check_event(l->pri);
	} while (!e && l->read);
	return e;
}

pri_event *link_timeout(struct link *l)
{
	return pri_schedule_run(l->pri);
}

int64_t link_wait(struct link *l)
{
	struct timeval *next = pri_schedule_next(l->pri), now;
	int64_t ms;

	if (!next)
		return -1;
	gettimeofday(&now, NULL);
	ms = ((int64_t)next->tv_sec - now.tv_sec) * 1000 +
	     (next->tv_usec - now.tv_usec) / 1000 + 1;
	return ms > 0 ? ms : 1;
}
