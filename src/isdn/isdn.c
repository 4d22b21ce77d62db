/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* isdn.c - the spans of a configuration. */
#include "isdn/isdn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "isdn/room.h"

static struct span *find(const struct isdn *isdn, const char *name)
{
	struct list_head *n;

	list_for_each(n, &isdn->spans) {
		struct span *s = list_entry(n, struct span, node);

		if (!s->trunk.draining && !strcmp(s->name, name))
			return s;
	}
	return NULL;
}

struct isdn *isdn_new(const struct isdn_options *options)
{
	struct isdn *isdn = calloc(1, sizeof(*isdn));

	if (!isdn)
		return NULL;
	isdn->options = *options;
	list_init(&isdn->spans);
	list_init(&isdn->ears);
	fsm_queue_init(&isdn->queue);
	if (isdn_reload(isdn, options->box->conf)) {
		isdn_close(isdn);
		isdn_free(isdn);
		return NULL;
	}
	return isdn;
}

int isdn_reload(struct isdn *isdn, const struct config *conf)
{
	struct list_head *n, *next;

	isdn->conf = conf;
	list_for_each_safe(n, next, &isdn->spans) {
		struct span *s = list_entry(n, struct span, node);
		const struct config_span *c = config_span(conf, s->name);

		if (s->trunk.draining)
			continue;
		if (c && span_same(s, c))
			span_reconf(s, c);
		else
			span_drain(s);
	}
	for (size_t i = 0; i < conf->span_count; i++)
		if (!find(isdn, conf->spans[i].trunk.name) &&
		    !span_new(isdn, &conf->spans[i]))
			return -ENOMEM;
	return 0;
}

void isdn_shutdown(struct isdn *isdn)
{
	isdn->stopping = true;
}

void isdn_close(struct isdn *isdn)
{
	struct list_head *n, *next;

	if (!isdn)
		return;
	list_for_each_safe(n, next, &isdn->spans)
		span_free(list_entry(n, struct span, node));
}

void isdn_free(struct isdn *isdn)
{
	if (!isdn)
		return;
	ears_free(isdn);
	fsm_queue_fini(&isdn->queue);
	free(isdn);
}

bool isdn_span_status(const struct isdn *isdn, const struct trunk *t,
		      struct span_status *status)
{
	struct list_head *n;

	*status = (struct span_status){ .port = "" };
	list_for_each(n, &isdn->spans) {
		struct span *s = list_entry(n, struct span, node);

		if (&s->trunk != t)
			continue;
		status->port = s->port;
		for (unsigned i = 1; i < SLOTS; i++) {
			const struct channel *c = &s->channel[i];

			status->channels += c->fsm.state != CHANNEL_NONE;
			status->free += channel_usable(c);
			status->used += c->fsm.state == CHANNEL_USED;
			status->busied_out += c->busied_out;
		}
		status->out = status->channels - status->free - status->used;
		status->calls_in = s->calls_in;
		status->calls_out = s->calls_out;
		status->failed = s->failed;
		return true;
	}
	return false;
}
