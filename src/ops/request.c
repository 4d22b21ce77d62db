/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * request.c - the commands of the control socket. A reply has "ok"; what a
 * command adds to it is said in tipring(1).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "config.h"
#include "core/fraud.h"
#include "ops/room.h"

static json_t *ok(void)
{
	return json_pack("{s:b}", "ok", 1);
}

static json_t *ok_with(const char *key, json_t *value)
{
	return json_pack("{s:b,s:o}", "ok", 1, key, value);
}

/* ------------------------------------------------------------------- lists */

struct listing {
	struct ops *ops;
	struct show_clock clock;
	json_t *array;
};

static void add_line(void *arg, const struct line *line)
{
	struct listing *l = arg;

	json_array_append_new(l->array, show_line(line, &l->clock));
}

static void add_call(void *arg, const struct call_record *record)
{
	struct listing *l = arg;

	json_array_append_new(l->array, show_call(record, &l->clock));
}

static void add_part(void *trunk, const struct ops_part *p)
{
	static const char *const keys[] = { "servers", "accounts", "mailboxes" };
	const char *key = keys[p->kind];

	json_array_append_new(json_object_get(trunk, key), show_part(p));
}

static void add_trunk(void *arg, const struct trunk *trunk)
{
	struct listing *l = arg;
	const struct ops_source *source = &l->ops->source;
	json_t *j = ops_show_trunk(l->ops, trunk);

	json_object_set_new(j, "servers", json_array());
	json_object_set_new(j, "accounts", json_array());
	json_object_set_new(j, "mailboxes", json_array());
	if (j && source->trunk_parts)
		source->trunk_parts(source->arg, trunk, add_part, j);
	json_array_append_new(l->array, j);
}

static void add_group(void *arg, const struct group_info *group)
{
	struct listing *l = arg;

	json_array_append_new(l->array, show_group(group));
}

static json_t *do_lines(struct ops *o, struct client *c, const json_t *request)
{
	struct listing l = { o, ops_clock(o), json_array() };

	box_each_line(o->box, add_line, &l);
	return ok_with("lines", l.array);
}

static json_t *do_calls(struct ops *o, struct client *c, const json_t *request)
{
	struct listing l = { o, ops_clock(o), json_array() };

	json_t *reply;

	box_each_call(o->box, add_call, &l);
	reply = ok_with("calls", l.array);
	json_object_set(reply, "ended", o->ended);
	return reply;
}

static json_t *do_trunks(struct ops *o, struct client *c, const json_t *request)
{
	struct listing l = { o, ops_clock(o), json_array() };

	box_each_trunk(o->box, add_trunk, &l);
	return ok_with("trunks", l.array);
}

static json_t *do_groups(struct ops *o, struct client *c, const json_t *request)
{
	struct listing l = { o, ops_clock(o), json_array() };

	box_each_group(o->box, add_group, &l);
	return ok_with("groups", l.array);
}

static void add_attacker(void *arg, const struct ops_attacker *a)
{
	struct listing *l = arg;

	json_array_append_new(l->array, show_attacker(a, &l->clock));
}

static json_t *do_attackers(struct ops *o, struct client *c, const json_t *request)
{
	struct listing l = { o, ops_clock(o), json_array() };

	if (o->source.attackers)
		o->source.attackers(o->source.arg, add_attacker, &l);
	return ok_with("attackers", l.array);
}

static void add_refusal(void *arg, const struct fraud_refusal *r)
{
	struct listing *l = arg;

	json_array_append_new(l->array, show_refusal(r, &l->clock));
}

static void add_usage(void *arg, const struct fraud_usage *u)
{
	struct listing *l = arg;

	json_array_append_new(l->array, show_usage(u));
}

static json_t *do_fraud(struct ops *o, struct client *c, const json_t *request)
{
	struct listing refused = { o, ops_clock(o), json_array() };
	struct listing limits = { o, ops_clock(o), json_array() };

	box_each_refusal(o->box, add_refusal, &refused);
	box_each_fraud_usage(o->box, add_usage, &limits);
	return json_pack("{s:b,s:I,s:o,s:o,s:o}", "ok", 1,
		"refused", (json_int_t)box_fraud_refused(o->box),
		"alarm", show_text(box_fraud_alarm(o->box)),
		"refusals", refused.array, "limits", limits.array);
}

/* ------------------------------------------------------------------ status */

struct tally {
	struct show_clock clock;
	json_t *faults;		/* names and reasons of what does not work */
	unsigned lines, in_service, busied_out, in_use, trunks, up;
};

static void fault(struct tally *t, const char *kind, const char *name,
		  const char *why)
{
	json_array_append_new(t->faults, json_pack("{s:s,s:o,s:o}", "kind", kind,
		"name", show_text(name), "why", show_text(why)));
}

static void tally_line(void *arg, const struct line *line)
{
	struct tally *t = arg;
	struct line_info i;

	line_get_info(line, &i);
	t->lines++;
	t->busied_out += i.busied_out;
	t->in_use += i.call_id != 0;
	if (i.in_service)
		t->in_service++;
	else if (!i.busied_out)
		fault(t, "line", i.name, i.why);
}

static void tally_trunk(void *arg, const struct trunk *trunk)
{
	struct tally *t = arg;

	t->trunks++;
	if (trunk->up)
		t->up++;
	else
		fault(t, "trunk", trunk->name, trunk->why_down);
}

/* Resident memory now, in kB; 0 where it cannot be told. */
static long resident_kb(void)
{
	long size, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (!f)
		return 0;
	if (fscanf(f, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static double cpu_s(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u))
		return 0;
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
		(double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static json_t *do_status(struct ops *o, struct client *c, const json_t *request)
{
	struct ops_counters n = { 0 };
	struct tally t = { .clock = ops_clock(o), .faults = json_array() };
	/* show_time() counts from signalling's clock. */
	uint64_t up = (uint64_t)(t.clock.wall - o->started);
	json_t *j;

	box_each_line(o->box, tally_line, &t);
	box_each_trunk(o->box, tally_trunk, &t);
	if (box_fraud_alarm(o->box)[0])
		fault(&t, "toll", "fraud", box_fraud_alarm(o->box));
	o->source.counters(o->source.arg, &n);
	j = json_pack("{s:b,s:s,s:i,s:o,s:f,s:b,s:o}", "ok", 1,
		"version", PACKAGE_VERSION, "pid", (int)getpid(),
		"config", show_text(o->conf->file), "uptime_s", (double)up / 1000,
		"shutting_down", o->box->shutting_down,
		"limit", show_limit("box", &o->box->limit));
	if (!j) {
		json_decref(t.faults);
		return NULL;
	}
	json_object_set_new(j, "lines", json_pack("{s:i,s:i,s:i,s:i}",
		"total", t.lines, "in_service", t.in_service,
		"in_use", t.in_use, "busied_out", t.busied_out));
	json_object_set_new(j, "trunks", json_pack("{s:i,s:i}",
		"total", t.trunks, "up", t.up));
	json_object_set_new(j, "calls", json_pack("{s:i,s:I,s:I}",
		"now", o->box->limit.in + o->box->limit.out,
		"ended", (json_int_t)o->calls_ended,
		"answered", (json_int_t)o->calls_answered));
	json_object_set_new(j, "fraud_refused",
			    json_integer((json_int_t)box_fraud_refused(o->box)));
	json_object_set_new(j, "faults", t.faults);
	json_object_set_new(j, "reloaded_s", o->reloaded ?
		json_real((double)(t.clock.wall - o->reloaded) / 1000) :
		json_null());
	json_object_set_new(j, "memory_kb", json_integer(resident_kb()));
	json_object_set_new(j, "cpu_s", json_real(cpu_s()));
	json_object_set_new(j, "counters", json_pack(
		"{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b}",
		"sip_strangers", (json_int_t)n.sip_strangers,
		"sip_dropped", (json_int_t)n.sip_dropped,
		"sip_rests", (json_int_t)n.sip_rests,
		"sip_malformed", (json_int_t)n.sip_malformed,
		"pump_turns", (json_int_t)n.pump_turns,
		"pump_late", (json_int_t)n.pump_late,
		"events_lost", (json_int_t)n.events_lost,
		"events_unexpected", (json_int_t)o->box->queue.unexpected,
		"real_time", n.real_time));
	json_object_set_new(j, "longest_turn", json_pack(
		"{s:{s:f,s:f},s:{s:f,s:f}}",
		"signalling", "ms", (double)n.sip_longest_us / 1000,
		"own_ms", (double)n.sip_longest_own_us / 1000,
		"voice", "ms", (double)n.pump_longest_us / 1000,
		"own_ms", (double)n.pump_longest_own_us / 1000));
	return j;
}

/* ------------------------------------------------------------------- limits */

static void add_trunk_limit(void *arg, const struct trunk *t)
{
	struct listing *l = arg;
	char what[80];

	snprintf(what, sizeof(what), "trunk:%s", t->name);
	json_array_append_new(l->array, show_limit(what, &t->limit));
}

static void add_group_limit(void *arg, const struct group_info *g)
{
	struct listing *l = arg;
	char what[80];

	snprintf(what, sizeof(what), "group:%s", g->name);
	json_array_append_new(l->array, show_limit(what, g->limit));
}

/* 'i', 'o', 0; -1: not a direction. */
static int direction_of(const json_t *request)
{
	const char *d = json_string_value(json_object_get(request, "direction"));

	if (!json_object_get(request, "direction"))
		return 0;
	if (!d)
		return -1;
	return !strcmp(d, "in") ? 'i' : !strcmp(d, "out") ? 'o' :
		!strcmp(d, "both") ? 0 : -1;
}

static json_t *do_limit(struct ops *o, struct client *c, const json_t *request)
{
	struct listing l = { o, ops_clock(o), NULL };
	const json_t *what = json_object_get(request, "what");
	const json_t *max = json_object_get(request, "max");
	int direction = direction_of(request);

	if (what || max) {
		if (!json_is_string(what))
			return control_error("limit: \"what\" must be \"box\", "
				"\"trunk:NAME\" or \"group:NAME\"");
		if (direction < 0)
			return control_error("limit: \"direction\" must be "
					     "\"in\", \"out\" or \"both\"");
		if (!json_is_null(max) && (!json_is_integer(max) ||
		    json_integer_value(max) < 0 || json_integer_value(max) > 100000))
			return control_error("limit: \"max\" must be a number of "
				"calls from 0 to 100000, or null for none");
		if (box_set_limit(o->box, json_string_value(what), (char)direction,
				  json_is_null(max) ? -1 :
				  (int)json_integer_value(max)))
			return control_error("limit: there is no %s; \"limit\" "
				"without arguments lists what there is",
				json_string_value(what));
	}
	l.array = json_array();
	json_array_append_new(l.array, show_limit("box", &o->box->limit));
	box_each_trunk(o->box, add_trunk_limit, &l);
	box_each_group(o->box, add_group_limit, &l);
	return ok_with("limits", l.array);
}

/* ------------------------------------------------------ calls and lines */

static json_t *do_hangup(struct ops *o, struct client *c, const json_t *request)
{
	const json_t *call = json_object_get(request, "call");

	if (!json_is_integer(call))
		return control_error("hangup: \"call\" must be the number of a "
				     "call, as \"calls\" tells it");
	if (box_hangup(o->box, (uint64_t)json_integer_value(call)))
		return control_error("hangup: there is no call %lld",
				     (long long)json_integer_value(call));
	return ok();
}

static json_t *with_line(struct ops *o, const json_t *request, const char *cmd,
			 int (*fn)(struct box *, const char *))
{
	const char *line = json_string_value(json_object_get(request, "line"));
	int err;

	if (!line)
		return control_error("%s: \"line\" must be the name of a line",
				     cmd);
	err = fn(o->box, line);
	if (err == -ENOENT)
		return control_error("%s: there is no line %s; \"lines\" tells "
				     "their names, a span's B channels are "
				     "SPAN.b1 and so on", cmd, line);
	if (err)
		return control_error("%s: line %s: %s", cmd, line, strerror(-err));
	return ok();
}

static json_t *do_busy_out(struct ops *o, struct client *c, const json_t *request)
{
	return with_line(o, request, "busy-out", box_busy_out);
}

static json_t *do_return(struct ops *o, struct client *c, const json_t *request)
{
	return with_line(o, request, "return", box_return);
}

/* -------------------------------------------------------------- learning */

static json_t *do_learned(struct ops *o, struct client *c, const json_t *request)
{
	return ok_with("lines", learned_show(&o->box->learned, o->conf));
}

static json_t *do_forget(struct ops *o, struct client *c, const json_t *request)
{
	const char *line = json_string_value(json_object_get(request, "line"));

	if (!line)
		return control_error("forget: \"line\" must be the name of a line");
	if (box_forget(o->box, line))
		return control_error("forget: nothing was learned of a line %s; "
			"\"learned\" tells of which", line);
	return ok();
}

/* ------------------------------------------------------------ the rest */

static json_t *do_watch(struct ops *o, struct client *c, const json_t *request)
{
	client_watch(c);
	return ok();
}

static json_t *do_cdr(struct ops *o, struct client *c, const json_t *request)
{
	return json_pack("{s:b,s:o,s:b}", "ok", 1,
			 "file", show_text(o->conf->cdr.file),
			 "journal", o->conf->cdr.journal);
}

static void add_error(void *arg, const char *text)
{
	json_array_append_new(arg, show_text(text));
}

static json_t *do_reload(struct ops *o, struct client *c, const json_t *request)
{
	json_t *errors = json_array(), *j;
	const char *file = o->conf->file;	/* may go with the old one */
	char text[256];
	int err;

	snprintf(text, sizeof(text), "%s was not taken, nothing has changed",
		 file);
	err = o->source.reload(o->source.arg, add_error, errors);
	if (!err) {
		json_decref(errors);
		return ok();
	}
	if (!json_array_size(errors))
		add_error(errors, strerror(-err));
	j = control_error("%s", text);
	json_object_set_new(j, "errors", errors);
	return j;
}

static const struct {
	const char *name;
	json_t *(*fn)(struct ops *, struct client *, const json_t *);
	bool changes;		/* goes to the log with who asked */
} commands[] = {
	{ "status", do_status, false },
	{ "lines", do_lines, false },
	{ "calls", do_calls, false },
	{ "trunks", do_trunks, false },
	{ "groups", do_groups, false },
	{ "attackers", do_attackers, false },
	{ "fraud", do_fraud, false },
	{ "watch", do_watch, false },
	{ "cdr", do_cdr, false },
	{ "learned", do_learned, false },
	{ "forget", do_forget, true },
	{ "measure", ops_measure, true },
	{ "limit", do_limit, false },
	{ "hangup", do_hangup, true },
	{ "busy-out", do_busy_out, true },
	{ "return", do_return, true },
	{ "reload", do_reload, true },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void note(const struct client *c, const json_t *request)
{
	char who[128], *text = json_dumps(request, JSON_COMPACT);

	client_who(c, who, sizeof(who));
	log_info("control: %s asks %s", who, text ? text : "?");
	free(text);
}

static json_t *unknown(const char *cmd)
{
	char known[256] = "";

	for (size_t i = 0; i < COMMANDS; i++) {
		size_t n = strlen(known);

		snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "",
			 commands[i].name);
	}
	if (!cmd)
		return control_error("\"cmd\" is missing; known: %s", known);
	return control_error("unknown command \"%s\"; known: %s", cmd, known);
}

json_t *ops_request(void *arg, struct client *c, const json_t *request)
{
	const char *cmd = json_string_value(json_object_get(request, "cmd"));

	for (size_t i = 0; cmd && i < COMMANDS; i++) {
		if (strcmp(cmd, commands[i].name))
			continue;
		if (commands[i].changes || json_object_get(request, "max"))
			note(c, request);
		return commands[i].fn(arg, c, request);
	}
	return unknown(cmd);
}
