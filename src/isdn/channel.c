/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* channel.c - the B channels of a span. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "isdn/room.h"

enum { SERVICE_IN = 0, SERVICE_OUT = 2 };	/* change status, TR 41459 */

/* What the pump tells of a port; the span may be gone before its last word. */
struct ear {
	struct list_head node;		/* isdn->ears */
	struct channel *channel;	/* NULL: nobody listens any more */
};

static void ear_free(struct ear *ear)
{
	list_remove(&ear->node);
	free(ear);
}

void ears_free(struct isdn *isdn)
{
	while (!list_empty(&isdn->ears))
		ear_free(list_entry(isdn->ears.next, struct ear, node));
}

static void hear_line(struct channel *c, const struct line_event *e)
{
	struct port_state state;

	if (e->type == LINE_EVENT_ALARM)
		c->alarm = true;
	else if (e->type == LINE_EVENT_ALARM_CLEARED)
		c->alarm = false;
	else if (e->type == LINE_EVENT_RESYNC &&
		 !c->end->media->ops->state(c->end, &state))
		c->alarm = state.alarm;
}

static void on_media(void *owner, const struct media_event *e)
{
	struct ear *ear = owner;
	struct channel *c = ear->channel;

	if (e->type == MEDIA_FREED)
		ear_free(ear);
	else if (!c || !c->end)
		return;
	else if (e->type == MEDIA_LINE)
		hear_line(c, &e->line);
	else if (e->type == MEDIA_DIGIT && c->leg)
		leg_digit(&c->leg->leg, e->digit.digit, e->digit.ms);
}

static int open_port(struct channel *c, char *why, size_t size)
{
	struct span *s = c->span;
	const struct isdn_options *o = &s->isdn->options;
	struct port_conf port = {
		.kind = PORT_B,
		.directory = s->isdn->conf->sim_directory,
		.format = s->shape.format,
	};
	struct media_port_conf voice = {
		.echo_ms = s->conf->echo_ms,
		.nlp = true,
		.plan = o->tones(o->arg, s->isdn->conf->country.tones),
	};
	struct ear *ear = calloc(1, sizeof(*ear));
	struct port_state state;
	char name[PORT_NAME_SIZE];
	const char *address;

	snprintf(why, size, "out of memory");
	if (!ear || !voice.plan || s->ops->port(s->d, c->slot, name) ||
	    !o->find(name, &address)) {
		free(ear);
		return -1;
	}
	snprintf(port.address, sizeof(port.address), "%s", address);
	ear->channel = c;
	list_add_before(&s->isdn->ears, &ear->node);
	c->end = o->media->ops->port_new(o->media, name, &port, &voice, on_media,
					 ear, why, size);
	if (!c->end) {
		ear_free(ear);
		return -1;
	}
	c->ear = ear;
	if (!c->end->media->ops->state(c->end, &state))
		c->alarm = state.alarm;
	return 0;
}

static void open_all(struct span *s, bool tell)
{
	char why[256] = "";

	for (unsigned slot = 1; slot < SLOTS; slot++) {
		struct channel *c = &s->channel[slot];

		if (c->fsm.state == CHANNEL_NONE || c->end)
			continue;
		if (open_port(c, why, sizeof(why)) && tell) {
			log_warning("span %s: B channel %u: %s; it is out of service and tried again",
				    s->name, slot, why);
			tell = false;
		}
	}
}

static void post(struct channel *c, enum channel_event event)
{
	fsm_post(&c->fsm, event, NULL, 0);
}

void channels_open(struct span *s)
{
	for (unsigned slot = 1; slot < SLOTS; slot++) {
		struct channel *c = &s->channel[slot];

		*c = (struct channel){ .span = s, .slot = (uint8_t)slot,
				       .busied_out = c->busied_out };
		snprintf(c->id, sizeof(c->id), "%s.b%u", s->name, slot);
		fsm_init(&c->fsm, &channel_type, c->id, &c->fsm, &s->isdn->queue,
			 &s->isdn->options.loop->timers, CHANNEL_NONE);
		if (s->shape.b_slots >> slot & 1)
			post(c, CHANNEL_OPEN);
	}
	open_all(s, true);
}

void channels_retry(struct span *s)
{
	open_all(s, false);
}

void channels_close(struct span *s)
{
	for (unsigned slot = 1; slot < SLOTS; slot++) {
		struct channel *c = &s->channel[slot];

		/* Its ear lives on for MEDIA_FREED, and must not reach here. */
		if (c->end) {
			c->ear->channel = NULL;
			c->end->media->ops->free(c->end);
		}
		c->end = NULL;
		if (c->fsm.state != CHANNEL_NONE)
			post(c, CHANNEL_CLOSE);
	}
}

bool channel_usable(const struct channel *c)
{
	return c->fsm.state == CHANNEL_FREE && c->end && !c->alarm && !c->out &&
	       !c->busied_out;
}

struct channel *channel_choose(struct span *s)
{
	bool down = s->conf->select == SELECT_DESCENDING;

	for (unsigned i = 1; i < SLOTS; i++) {
		struct channel *c = &s->channel[down ? SLOTS - i : i];

		if (channel_usable(c))
			return c;
	}
	return NULL;
}

struct channel *channel_of(struct span *s, int number)
{
	int slot = number & 0xff;

	if (number < 0 || slot >= SLOTS || s->channel[slot].fsm.state == CHANNEL_NONE)
		return NULL;
	return &s->channel[slot];
}

void channel_take(struct channel *c, struct isdn_leg *leg)
{
	if (c->fsm.state != CHANNEL_USED)
		post(c, CHANNEL_TAKE);
	c->leg = leg;
	if (c->end && c->span->conf->dtmf_relay)
		c->end->media->ops->relay_digits(c->end, true);
}

void channel_give(struct channel *c)
{
	post(c, CHANNEL_GIVE);
	c->leg = NULL;
	if (!c->end)
		return;
	c->end->media->ops->play(c->end, NULL);
	c->end->media->ops->detect(c->end, 0);
	c->end->media->ops->relay_digits(c->end, false);
}

void channel_restart(struct channel *c)
{
	struct span *s = c->span;

	post(c, CHANNEL_RESTART);
	c->leg = NULL;
	if (s->link)
		pri_reset(s->link->pri, c->slot);
}

void channel_restarted(struct channel *c)
{
	if (c->fsm.state == CHANNEL_RESTARTING)
		post(c, CHANNEL_RESTARTED);
}

/* A call that uses it goes on. */
void channel_service(struct channel *c, int status)
{
	bool out = status == SERVICE_OUT;

	if (status != SERVICE_IN && !out)
		return;
	if (c->out != out)
		log_info("span %s: the far end takes B channel %u %s service",
			 c->span->name, c->slot, out ? "out of" : "into");
	c->out = out;
}

/* The far end is not told: it is refused the channel, or given another one. */
int channel_busy_out(struct trunk *t, const char *circuit, bool out)
{
	struct span *s = list_entry(t, struct span, trunk);
	struct channel *c = NULL;
	unsigned slot;

	for (slot = 1; slot < SLOTS && !c; slot++)
		if (s->channel[slot].fsm.state != CHANNEL_NONE &&
		    !strcmp(strrchr(s->channel[slot].id, '.') + 1, circuit))
			c = &s->channel[slot];
	if (!c)
		return -ENOENT;
	c->busied_out = out;
	log_info("span %s: B channel %u: %s by the operator", s->name, c->slot,
		 out ? "busied out" : "returned to service");
	return 0;
}

void channels_in_service(struct span *s)
{
	for (unsigned slot = 1; slot < SLOTS; slot++)
		s->channel[slot].out = false;
}
