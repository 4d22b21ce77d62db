/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/measure.h"
#include "world.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "core/group.h"
#include "core/line.h"

static struct world *logged;	/* the log's sink has no argument */

static struct world *clocked;

/* A script begins on Wednesday 2026-11-25 at 12:00, UTC. */
static int64_t wall_clock(void)
{
	return 1795608000 + (int64_t)(clocked->timers.now_ms / 1000);
}

struct old {
	struct list_head node;
	struct config *conf;
};

void world_say(struct world *w, const char *format, ...)
{
	va_list args;

	if (!w->trace)
		return;
	fprintf(w->trace, "%7" PRIu64 " ", w->timers.now_ms);
	va_start(args, format);
	vfprintf(w->trace, format, args);
	va_end(args);
	fputc('\n', w->trace);
}

static void on_log(enum log_level level, const char *line)
{
	if (logged && (level <= LOG_LEVEL_WARNING || getenv("SCENARIO_DEBUG")))
		world_say(logged, "log: %s", line);
}

/* ----------------------------------------------------------------- observer */

static void on_line_changed(void *arg, const struct line *l)
{
	struct line_info i;

	line_get_info(l, &i);
	if (i.why[0])
		world_say(arg, "line %s: %s (%s)", i.name, i.state, i.why);
	else
		world_say(arg, "line %s: %s", i.name, i.state);
}

static void on_trunk_changed(void *arg, const struct trunk *t)
{
	world_say(arg, "trunk %s: %s, %d in, %d out", t->name,
		  t->up ? "up" : "down", t->limit.in, t->limit.out);
}

static void on_call_changed(void *arg, const struct call_record *r)
{
	world_say(arg, "call %" PRIu64 ": %s, %s to %s%s", r->id, r->state, r->from,
		  r->to[0] ? r->to : "-", r->held ? ", held" : "");
}

static const char *method_name(enum answer_method m)
{
	static const char *const names[] = {
		"none", "signalled", "polarity", "voice", "delay", "seize",
	};

	return names[m];
}

static void on_call_ended(void *arg, const struct call_record *r)
{
	struct world *w = arg;

	world_say(w, "record: call %" PRIu64 " %s%s%s to %s%s, called %s dialled %s%s",
		  r->id, r->from, r->calling.number[0] ? " " : "", r->calling.number,
		  r->to[0] ? r->to : "-", r->from_group[0] || r->to_group[0] ?
		  " (group)" : "", r->called, r->dialled[0] ? r->dialled : "-",
		  r->emergency ? ", EMERGENCY" : "");
	if (r->answered)
		world_say(w, "record: answered after %" PRIu64 " ms (%s, %u %%), "
			  "talked %" PRIu64 " ms", r->answered - r->started,
			  method_name(r->answer_method), r->answer_confidence,
			  r->ended - r->answered);
	else
		world_say(w, "record: not answered, %" PRIu64 " ms",
			  r->ended - r->started);
	world_say(w, "record: cause %d, by %s: %s", r->release.cause, r->released_by,
		  r->release.why);
	if (r->transferred[0])
		world_say(w, "record: transferred %s", r->transferred);
	if (r->note[0])
		world_say(w, "record: note: %s", r->note);
}

static void measured(void *arg, const struct line *line, const struct measurement *m)
{
	static const char *const tones[] = { "not awaited", "none", "the country's",
					     "another" };
	struct world *w = arg;
	struct line_info i;

	line_get_info(line, &i);
	world_say(w, "measured %s: %s%s; dial tone %s%s%s%s%s, %u impedances", i.name,
		  m->complete ? "all" : "in part: ", m->why, tones[m->tone],
		  m->has_idle ? ", on hook" : "", m->has_quiet ? ", noise" : "",
		  m->has_echo ? ", echo" : "", m->by_phone ? " of the telephone" : "",
		  m->settings);
}

static const struct box_observer observer = {
	.line_changed = on_line_changed, .trunk_changed = on_trunk_changed,
	.call_changed = on_call_changed, .call_ended = on_call_ended,
	.measured = measured,
};

/* ------------------------------------------------------------ configuration */

static void on_config_error(void *arg, const char *text)
{
	fprintf(stderr, "# %s\n", text);
}

static struct config *load(const char *text)
{
	char path[] = "/tmp/scenario-XXXXXX";
	struct config *conf = NULL;
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f)
		return NULL;
	fputs(text, f);
	fclose(f);
	conf = config_load(path, on_config_error, NULL);
	unlink(path);
	return conf;
}

static void give_end(struct world *w, struct line *l)
{
	struct fake_end *e = fake_end_new(w, l->name, line_media_event, l);

	e->state.kind = l->conf->kind;
	e->state.capabilities = PORT_CAN_REVERSE | PORT_SEES_REVERSAL |
				PORT_TIMES_BREAKS | PORT_SEES_BREAKS;
	line_set_end(l, &e->end);
}

int world_open(struct world *w, FILE *trace, const char *config_text)
{
	*w = (struct world){ 0 };
	list_init(&w->ends);
	list_init(&w->trunks);
	list_init(&w->legs);
	list_init(&w->old);
	list_init(&w->later);
	w->media.ops = &fake_media_ops;
	timers_init(&w->timers, 0);
	w->conf = load(config_text);
	if (!w->conf)
		return -EINVAL;
	w->box = box_new(w->conf, &w->timers, &w->media);
	if (!w->box)
		return -ENOMEM;
	clocked = w;
	w->box->wall_clock = wall_clock;
	for (size_t i = 0; i < w->conf->trunk_count; i++)
		fake_trunk_new(w, &w->conf->trunks[i]);
	for (size_t i = 0; i < w->conf->line_count; i++)
		give_end(w, box_line_new(w->box, &w->conf->lines[i]));
	/* What comes before the script begins is the same for every one. */
	w->trace = trace;
	logged = w;
	log_set_sink(on_log);
	log_set_level(getenv("SCENARIO_DEBUG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARNING);
	box_observe(w->box, &observer, w);
	return 0;
}

static void on_line_added(void *arg, struct line *l)
{
	world_say(arg, "reload: line %s is made", l->name);
	give_end(arg, l);
}

static void on_done(void *arg, const struct config *conf)
{
	struct world *w = arg;
	struct list_head *n, *tmp;

	world_say(w, "reload: the old configuration is free");
	list_for_each_safe(n, tmp, &w->old) {
		struct old *o = list_entry(n, struct old, node);

		if (o->conf != conf)
			continue;
		list_remove(&o->node);
		config_free(o->conf);
		free(o);
	}
}

/* Trunks keep their name: theirs is the SIP room's business. */
int world_reload(struct world *w, const char *config_text)
{
	struct config *conf = load(config_text);
	struct old *o = calloc(1, sizeof(*o));
	struct box_reload r = { conf, on_line_added, on_done, w };

	if (!conf || !o) {
		free(o);
		return -EINVAL;
	}
	o->conf = w->conf;
	list_add_before(&w->old, &o->node);
	w->conf = conf;
	for (size_t i = 0; i < conf->trunk_count; i++) {
		struct fake_trunk *t = fake_trunk_find(w, conf->trunks[i].name);

		if (t) {
			t->trunk.conf = &conf->trunks[i];
			t->trunk.name = conf->trunks[i].name;
		} else {
			fake_trunk_new(w, &conf->trunks[i]);
		}
	}
	return box_reload(w->box, &r);
}

/* ---------------------------------------------------------------------- end */

static void on_idle(void *arg)
{
	((struct world *)arg)->idle = true;
}

static int look(struct world *w, char *why, size_t size)
{
	struct list_head *n;

	if (w->broken)
		return snprintf(why, size, "the trace has a line BROKEN"), -1;
	if (!w->idle)
		return snprintf(why, size, "shutdown did not become quiet"), -1;
	list_for_each(n, &w->ends) {
		struct fake_end *e = list_entry(n, struct fake_end, node);

		if (e->freed || !e->fn)
			continue;
		if (e->taken)
			return snprintf(why, size, "%s stays seized", e->label), -1;
		if (e->rung)
			return snprintf(why, size, "%s rings on", e->label), -1;
	}
	list_for_each(n, &w->legs)
		if (!list_entry(n, struct fake_leg, node)->released)
			return snprintf(why, size, "%s was never released",
				list_entry(n, struct fake_leg, node)->label), -1;
	list_for_each(n, &w->trunks) {
		struct trunk *t = &list_entry(n, struct fake_trunk, node)->trunk;

		if (t->limit.in || t->limit.out)
			return snprintf(why, size, "calls left on trunk %s",
					t->name), -1;
	}
	if (w->box->limit.in || w->box->limit.out)
		return snprintf(why, size, "calls left on the box"), -1;
	list_for_each(n, &w->box->groups) {
		struct group *g = list_entry(n, struct group, node);

		if (g->limit.in || g->limit.out)
			return snprintf(why, size, "calls left on a group"), -1;
	}
	return 0;
}

static void free_all(struct world *w)
{
	struct list_head *n, *tmp;

	command_forget(w);
	box_free(w->box);
	list_for_each_safe(n, tmp, &w->ends) {
		timer_stop(&list_entry(n, struct fake_end, node)->closed);
		free(list_entry(n, struct fake_end, node));
	}
	list_for_each_safe(n, tmp, &w->legs)
		free(list_entry(n, struct fake_leg, node));
	list_for_each_safe(n, tmp, &w->trunks)
		free(list_entry(n, struct fake_trunk, node));
	list_for_each_safe(n, tmp, &w->old) {
		config_free(list_entry(n, struct old, node)->conf);
		free(list_entry(n, struct old, node));
	}
	config_free(w->conf);
}

int world_close(struct world *w, char *why, size_t size)
{
	int rc = 0;

	if (w->box && w->box->queue.unexpected)
		world_say(w, "events that a state did not expect: %" PRIu64,
			  w->box->queue.unexpected);
	if (w->trace)
		fflush(w->trace);
	w->trace = NULL;
	if (w->box) {
		if (!w->box->shutting_down)
			box_shutdown(w->box, on_idle, w);
		timers_advance(&w->timers, w->timers.now_ms + 2500);
		rc = look(w, why, size);
	}
	logged = NULL;
	log_set_sink(NULL);
	free_all(w);
	return rc;
}
