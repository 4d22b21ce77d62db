/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "gateway/gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/log.h"
#include "drivers/table.h"
#include "gateway/room.h"
#include "media/media.h"

static int64_t wall_clock(void)
{
	return (int64_t)time(NULL);
}

int gateway_srtp(const struct config *c, char *why, size_t size)
{
	for (size_t i = 0; i < c->trunk_count; i++)
		if (c->trunks[i].srtp != SRTP_OFF)
			return media_srtp_init(why, size);
	return 0;
}

static int start_media(struct gateway *g, char *why, size_t size)
{
	struct media_options options = {
		.find = line_driver_find,
		.real_time = true,
	};

	if (gateway_srtp(g->conf, why, size))
		return -1;
	g->media = media_new(g->loop, &options, why, size);
	return g->media ? 0 : -1;
}

static void make_lines(struct gateway *g)
{
	for (size_t i = 0; i < g->conf->line_count; i++) {
		struct line *line = box_line_new(g->box, &g->conf->lines[i]);

		if (line)
			ports_open(g, line);
		else
			log_error("line %s: out of memory", g->conf->lines[i].name);
	}
}

static int make_spans(struct gateway *g, char *why, size_t size)
{
	struct isdn_options options = {
		.loop = g->loop,
		.box = g->box,
		.media = g->media,
		.find = line_driver_find,
		.tones = ports_tones,
		.arg = g,
	};

	g->isdn = isdn_new(&options);
	if (g->isdn)
		return 0;
	snprintf(why, size, "out of memory");
	return -1;
}

static int start(struct gateway *g, char *why, size_t size)
{
	struct ops_options ops = {
		.loop = g->loop,
		.conf = g->conf,
		.source = gateway_source(g),
	};

	if (start_media(g, why, size))
		return -1;
	g->box = box_new(g->conf, &g->loop->timers, g->media);
	if (!g->box) {
		snprintf(why, size, "out of memory");
		return -1;
	}
	g->box->wall_clock = wall_clock;
	fraud_state_load(g);
	/* The control socket first: it tells whether another tipringd runs. */
	ops.box = g->box;
	g->ops = ops_new(&ops, why, size);
	if (!g->ops)
		return -1;
	g->agent = agent_new(g->loop, g->conf, g->box, g->media, why, size);
	if (!g->agent)
		return -1;
	make_lines(g);
	return make_spans(g, why, size);
}

struct gateway *gateway_new(struct loop *loop, struct config *conf,
			    const struct gateway_options *options, char *why,
			    size_t size)
{
	struct gateway *g = calloc(1, sizeof(*g));

	if (!g) {
		config_free(conf);
		snprintf(why, size, "out of memory");
		return NULL;
	}
	g->loop = loop;
	g->conf = conf;
	g->options = *options;
	list_init(&g->old);
	list_init(&g->ports);
	list_init(&g->retries);
	list_init(&g->plans);
	if (!options->keep_log_level)
		log_set_level((enum log_level)conf->log);
	if (start(g, why, size)) {
		gateway_free(g);
		return NULL;
	}
	notify_ready(g);
	return g;
}

void gateway_free(struct gateway *g)
{
	if (!g)
		return;
	notify_free(g);
	timer_stop(&g->deadline);
	/* Who uses goes before what is used: legs hold media ends, lines too. */
	agent_free(g->agent);
	isdn_close(g->isdn);
	ops_free(g->ops);
	ports_forget_gone(g);
	fraud_state_free(g);
	box_free(g->box);
	media_free(g->media);
	isdn_free(g->isdn);
	ports_free(g);
	old_configs_free(g);
	config_free(g->conf);
	free(g);
}
