/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * reload.c - another configuration while calls go on. Everything that can be
 * refused is refused before anything changes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gateway/room.h"

/* A configuration that is no longer in force; core says when its last call has
 * ended. */
struct old_config {
	struct list_head node;
	struct config *conf;
};

static void old_free(struct old_config *o)
{
	list_remove(&o->node);
	config_free(o->conf);
	free(o);
}

void old_configs_free(struct gateway *g)
{
	while (!list_empty(&g->old))
		old_free(list_entry(g->old.next, struct old_config, node));
}

static void on_line_added(void *arg, struct line *line)
{
	ports_open(arg, line);
}

static void on_old_done(void *arg, const struct config *conf)
{
	struct gateway *g = arg;
	struct list_head *pos, *tmp;

	list_for_each_safe(pos, tmp, &g->old) {
		struct old_config *o = list_entry(pos, struct old_config, node);

		if (o->conf == conf)
			old_free(o);
	}
}

/* What only a restart changes. */
static void tell_what_stays(const struct config *old, const struct config *new)
{
	if (strcmp(old->sim_directory, new->sim_directory))
		log_info("sim_directory: lines that are open stay where they are");
}

static int put_in_force(struct gateway *g, struct config *conf,
			config_error_fn *error, void *arg)
{
	struct box_reload reload = {
		.conf = conf,
		.line_added = on_line_added,
		.done = on_old_done,
		.arg = g,
	};
	struct old_config *old = calloc(1, sizeof(*old));
	char why[256] = "";
	int err;

	if (!old) {
		error(arg, "out of memory");
		return -ENOMEM;
	}
	err = gateway_srtp(conf, why, sizeof(why));
	if (!err)
		err = agent_reload(g->agent, conf, why, sizeof(why));
	if (err) {
		error(arg, why);
		free(old);
		return err;
	}
	err = isdn_reload(g->isdn, conf);
	if (err)
		log_error("out of memory: not all spans are there");
	tell_what_stays(g->conf, conf);
	old->conf = g->conf;
	list_add_before(&g->old, &old->node);
	g->conf = conf;
	/* Core may say at once that the old one is free: let go of it first. */
	ops_reconf(g->ops, conf);
	err = box_reload(g->box, &reload);
	if (err) {
		/* Out of memory half-way: the old one is kept for good. */
		error(arg, strerror(-err));
		return err;
	}
	ports_forget_gone(g);
	ports_reconf(g);
	if (!g->options.keep_log_level)
		log_set_level((enum log_level)conf->log);
	return 0;
}

int gateway_reload(struct gateway *g, config_error_fn *error, void *arg)
{
	struct config *conf;
	int err;

	if (g->stopping) {
		error(arg, "tipringd is being stopped");
		return -ESHUTDOWN;
	}
	notify_reloading();
	conf = config_load(g->conf->file, error, arg);
	if (!conf) {
		err = -EINVAL;
		goto out;
	}
	err = gateway_check(conf, error, arg);
	if (err) {
		config_free(conf);
		goto out;
	}
	err = put_in_force(g, conf, error, arg);
	if (err && g->conf != conf)
		config_free(conf);
out:
	if (err)
		log_error("%s was not taken, nothing has changed", g->conf->file);
	else
		log_info("%s is in force: %zu lines, %zu trunks, %zu spans", g->conf->file,
			 g->conf->line_count, g->conf->trunk_count,
			 g->conf->span_count);
	notify_reloaded();
	return err;
}

static void to_log(void *arg, const char *text)
{
	log_error("%s", text);
}

void gateway_hangup(struct gateway *g)
{
	ops_reopen(g->ops);
	gateway_reload(g, to_log, NULL);
}
