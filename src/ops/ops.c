/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "ops/ops.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "ops/room.h"

#define ENDED_KEPT 10

static int64_t machine_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct show_clock ops_clock(const struct ops *o)
{
	return (struct show_clock) {
		.mono = o->box->timers->now_ms,
		.wall = o->wall_clock(),
	};
}

json_t *ops_show_trunk(const struct ops *o, const struct trunk *t)
{
	struct ops_trunk s = {
		.registration = "", .target = "", .server = "",
		.last_error = "", .next_s = -1,
	};

	o->source.trunk(o->source.arg, t, &s);
	return show_trunk(t, &s);
}

/* ------------------------------------------------------------------ events */

static void tell(struct ops *o, const char *event, json_t *j)
{
	if (j)
		json_object_set_new(j, "event", json_string(event));
	control_event(o->control, j);
}

static void line_changed(void *arg, const struct line *line)
{
	struct ops *o = arg;
	struct show_clock clock = ops_clock(o);

	if (control_watched(o->control))
		tell(o, "line", show_line(line, &clock));
}

static void trunk_changed(void *arg, const struct trunk *trunk)
{
	struct ops *o = arg;

	if (control_watched(o->control))
		tell(o, "trunk", ops_show_trunk(o, trunk));
}

static void call_changed(void *arg, const struct call_record *record)
{
	struct ops *o = arg;
	struct show_clock clock = ops_clock(o);

	if (control_watched(o->control))
		tell(o, "call", show_call(record, &clock));
}

/* For who asks right after: what proved that a call was over. */
static void remember(struct ops *o, const json_t *record)
{
	static const char *const keys[] = { "call", "end", "from", "to",
		"calling_number", "called_number", "answer", "talk_s", "cause",
		"answered_how", "answer_confidence", "released_by", "reason" };
	json_t *kept = json_object();

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		json_object_set(kept, keys[i], json_object_get(record, keys[i]));
	json_array_append_new(o->ended, kept);
	if (json_array_size(o->ended) > ENDED_KEPT)
		json_array_remove(o->ended, 0);
}

static void call_ended(void *arg, const struct call_record *record)
{
	struct ops *o = arg;
	struct show_clock clock = ops_clock(o);
	json_t *j = show_record(record, o->conf, &clock);

	o->calls_ended++;
	if (record->answered)
		o->calls_answered++;
	if (!j) {
		log_error("call records: out of memory, the record of call %llu "
			  "is lost", (unsigned long long)record->id);
		return;
	}
	cdr_write(o->cdr, j);
	remember(o, j);
	if (control_watched(o->control))
		tell(o, "ended", j);
	else
		json_decref(j);
}

static void learned(void *arg)
{
	struct ops *o = arg;

	learned_changed(o->learned);
}

static void measured(void *arg, const struct line *line, const struct measurement *m)
{
	ops_measured(arg, line, m);
}

static const struct box_observer observer = {
	.line_changed = line_changed,
	.trunk_changed = trunk_changed,
	.call_changed = call_changed,
	.call_ended = call_ended,
	.learned = learned,
	.measured = measured,
};

/* --------------------------------------------------------------------- life */

struct ops *ops_new(const struct ops_options *options, char *why, size_t size)
{
	struct ops *o = calloc(1, sizeof(*o));

	snprintf(why, size, "out of memory");
	if (!o)
		return NULL;
	o->loop = options->loop;
	o->box = options->box;
	o->conf = options->conf;
	o->source = options->source;
	o->wall_clock = options->wall_clock ? options->wall_clock : machine_clock;
	o->started = o->wall_clock();
	list_init(&o->measures);
	o->cdr = cdr_new();
	o->ended = json_array();
	if (!o->cdr || !o->ended)
		goto failed;
	o->control = control_new(o->loop, o->conf->control,
				 o->conf->control_group, ops_request, o, why, size);
	if (!o->control)
		goto failed;
	control_tell_gone(o->control, ops_measure_gone);
	cdr_conf(o->cdr, o->conf->cdr.file, o->conf->cdr.journal);
	o->learned = learned_new(o->loop, &o->box->learned,
				 o->conf->state_directory);
	if (!o->learned) {
		snprintf(why, size, "out of memory");
		goto failed;
	}
	box_observe(o->box, &observer, o);
	return o;
failed:
	control_free(o->control);
	cdr_free(o->cdr);
	json_decref(o->ended);
	free(o);
	return NULL;
}

void ops_free(struct ops *o)
{
	if (!o)
		return;
	box_observe(o->box, NULL, NULL);
	learned_free(o->learned);
	ops_measures_free(o);
	control_free(o->control);
	cdr_free(o->cdr);
	json_decref(o->ended);
	free(o);
}

void ops_reconf(struct ops *o, const struct config *conf)
{
	if (strcmp(conf->control, o->conf->control) ||
	    strcmp(conf->control_group, o->conf->control_group))
		log_warning("control, control_group: the socket stays as it is "
			    "until tipringd is restarted");
	o->conf = conf;
	o->reloaded = o->wall_clock();
	cdr_conf(o->cdr, conf->cdr.file, conf->cdr.journal);
}

void ops_reopen(struct ops *o)
{
	cdr_reopen(o->cdr);
}
