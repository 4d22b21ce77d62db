/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "ops/show.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tipring/method.h"
#include "tipring/cause.h"

json_t *show_time(const struct show_clock *clock, uint64_t mono)
{
	int64_t ms = clock->wall - (int64_t)(clock->mono - mono);
	time_t s = (time_t)(ms / 1000);
	char day[32], text[48];
	struct tm tm;

	if (!mono || !gmtime_r(&s, &tm))
		return json_null();
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%03dZ", day, (int)(ms % 1000));
	return json_string(text);
}

/* Seconds with ms from one time to another, 0 where one did not happen. */
static json_t *seconds(uint64_t from, uint64_t to)
{
	return json_real(from && to > from ? (double)(to - from) / 1000 : 0);
}

const char *show_codec(enum codec codec)
{
	switch (codec) {
	case CODEC_PCMU: return "PCMU";
	case CODEC_PCMA: return "PCMA";
	case CODEC_NONE:
	case CODEC_COUNT: break;
	}
	return "";
}

static const char *presentation(enum presentation p)
{
	switch (p) {
	case PRESENTATION_ALLOWED: return "allowed";
	case PRESENTATION_PRIVATE: return "private";
	case PRESENTATION_UNAVAILABLE: return "unavailable";
	}
	return "";
}

json_t *show_limit(const char *what, const struct limit *l)
{
	return json_pack("{s:o,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i}",
		"what", show_text(what), "max", l->max, "max_in", l->max_in,
		"max_out", l->max_out, "in", l->in, "out", l->out,
		"refused", (int)l->refused,
		"kbit", (int)l->kbit, "max_kbit", (int)l->max_kbit);
}

json_t *show_line(const struct line *line, const struct show_clock *clock)
{
	struct line_info i;
	struct media_end *end = line_end(line);
	json_t *j;

	line_get_info(line, &i);
	j = json_pack("{s:o,s:o,s:s,s:o,s:o,s:o,s:s,s:o,s:b,s:b,s:I,s:i,s:i,s:i,s:o}",
		"name", show_text(i.name), "port", show_text(i.port),
		"kind", port_kind_name(i.kind), "group", show_text(i.group),
		"number", show_text(i.number), "trunk", show_text(i.trunk),
		"state", i.state, "why", show_text(i.why),
		"busied_out", i.busied_out, "in_service", i.in_service,
		"call", (json_int_t)i.call_id, "calls_in", (int)i.calls_in,
		"calls_out", (int)i.calls_out, "failed", (int)i.failed,
		"state_s", seconds(i.since, clock->mono));
	if (j && i.messages_known)
		json_object_set_new(j, "messages", json_pack("{s:b,s:i,s:i}",
			"waiting", i.messages.waiting,
			"new", (int)i.messages.fresh, "old", (int)i.messages.old));
	if (j && end) {
		struct media_stats s = { 0 };

		end->media->ops->stats(end, &s);
		json_object_set_new(j, "rx_dbm0", json_real(s.rx_level / 10.0));
		json_object_set_new(j, "tx_dbm0", json_real(s.tx_level / 10.0));
		json_object_set_new(j, "erle_db", json_real(s.erle / 10.0));
		json_object_set_new(j, "slips", json_integer(s.slips));
		json_object_set_new(j, "overruns", json_integer(s.overruns));
		json_object_set_new(j, "events", json_integer(s.events));
		json_object_set_new(j, "events_lost", json_integer(s.events_lost));
		json_object_set_new(j, "silences", json_integer(s.silences));
	}
	return j;
}

json_t *show_trunk(const struct trunk *t, const struct ops_trunk *s)
{
	json_t *j = json_pack("{s:o,s:b,s:o,s:b,s:o}",
		"name", show_text(t->name), "up", t->up,
		"why", show_text(t->up ? "" : t->why_down),
		"draining", t->draining, "limit", show_limit(t->name, &t->limit));

	if (!j)
		return NULL;
	json_object_set_new(j, "server", show_text(s->server));
	json_object_set_new(j, "address", show_text(s->address));
	json_object_set_new(j, "registration", show_text(s->registration));
	json_object_set_new(j, "target", show_text(s->target));
	json_object_set_new(j, "last_error", show_text(s->last_error));
	json_object_set_new(j, "next_s", json_integer(s->next_s));
	json_object_set_new(j, "expires_s", json_integer(s->expires_s));
	json_object_set_new(j, "line_accounts", json_integer(s->line_accounts));
	json_object_set_new(j, "registered_lines",
			    json_integer(s->registered_lines));
	json_object_set_new(j, "calls", json_integer(s->calls));
	json_object_set_new(j, "calls_in", json_integer(s->calls_in));
	json_object_set_new(j, "calls_out", json_integer(s->calls_out));
	json_object_set_new(j, "failed", json_integer(s->failed));
	return j;
}

json_t *show_part(const struct ops_part *p)
{
	return json_pack("{s:o,s:s,s:o,s:o,s:i}", "name", show_text(p->name),
		"state", p->state, "address", show_text(p->address),
		"last_error", show_text(p->error), "next_s", p->next_s);
}

json_t *show_group(const struct group_info *g)
{
	return json_pack("{s:o,s:s,s:i,s:i,s:i,s:o}", "name", show_text(g->name),
		"hunt", g->hunt, "lines", (int)g->lines, "idle", (int)g->idle,
		"in_service", (int)g->in_service,
		"limit", show_limit(g->name, g->limit));
}

/* What a call that lasts and one that has ended have in common. */
static json_t *common(const struct call_record *r, const struct show_clock *clock)
{
	return json_pack("{s:I,s:o,s:o,s:o,s:o,s:o,s:s,s:o,s:o,"
		"s:o,s:s,s:o,s:o,s:s,s:o,s:b,s:s,s:i,s:s,s:s,s:o}",
		"call", (json_int_t)r->id,
		"start", show_time(clock, r->started),
		"alert", show_time(clock, r->alerted),
		"answer", show_time(clock, r->answered),
		"calling_number", show_text(r->calling.number),
		"calling_name", show_text(r->calling.name),
		"calling_presentation", presentation(r->calling.presentation),
		"called_number", show_text(r->called),
		"dialled_number", show_text(r->dialled),
		"from", show_text(r->from), "from_kind", r->from_kind,
		"from_group", show_text(r->from_group),
		"to", show_text(r->to), "to_kind", r->to_kind,
		"to_group", show_text(r->to_group),
		"emergency", r->emergency,
		"answered_how", answer_methods[r->answer_method].name,
		"answer_confidence", (int)r->answer_confidence,
		"codec", show_codec(r->codec),
		"srtp", srtp_suite_name(r->srtp),
		"transferred", show_text(r->transferred));
}

static void add_media(json_t *j, const struct media_stats *s)
{
	json_object_set_new(j, "packets_sent", json_integer(s->sent));
	json_object_set_new(j, "packets_received", json_integer(s->received));
	json_object_set_new(j, "packets_lost", json_integer(s->lost));
	json_object_set_new(j, "packets_late", json_integer(s->late));
	json_object_set_new(j, "packets_remote_lost",
			    json_integer(s->remote_lost));
	json_object_set_new(j, "packets_strange",
			    json_integer((json_int_t)s->strangers + s->malformed));
	json_object_set_new(j, "packets_forged", json_integer(s->forged));
	json_object_set_new(j, "jitter_ms", json_integer(s->jitter_ms));
	json_object_set_new(j, "round_trip_ms", json_integer(s->round_trip_ms));
}

json_t *show_call(const struct call_record *r, const struct show_clock *clock)
{
	json_t *j = common(r, clock);

	if (!j)
		return NULL;
	json_object_set_new(j, "state", json_string(r->state));
	json_object_set_new(j, "held", json_boolean(r->held));
	json_object_set_new(j, "duration_s", seconds(r->started, clock->mono));
	json_object_set_new(j, "talk_s", seconds(r->answered, clock->mono));
	add_media(j, &r->stats);
	return j;
}

static const char *side(const struct call_record *r, const char *kind)
{
	return !strcmp(r->from_kind, kind) ? r->from :
		!strcmp(r->to_kind, kind) ? r->to : "";
}

json_t *show_record(const struct call_record *r, const struct config *conf,
		    const struct show_clock *clock)
{
	const struct config_line *to = NULL;
	json_t *j = common(r, clock);

	if (!j)
		return NULL;
	if (!strcmp(r->to_kind, "line"))
		to = config_line(conf, r->to);
	json_object_set_new(j, "called_name", show_text(to ? to->display_name : ""));
	json_object_set_new(j, "line", show_text(side(r, "line")));
	json_object_set_new(j, "trunk", show_text(side(r, "sip")));
	json_object_set_new(j, "end", show_time(clock, r->ended));
	json_object_set_new(j, "duration_s", seconds(r->started, r->ended));
	json_object_set_new(j, "talk_s", seconds(r->answered, r->ended));
	json_object_set_new(j, "cause", json_integer(r->release.cause));
	json_object_set_new(j, "cause_text",
			    json_string(cause_text(r->release.cause)));
	json_object_set_new(j, "released_by", show_text(r->released_by));
	json_object_set_new(j, "reason", show_text(r->release.why));
	json_object_set_new(j, "note", show_text(r->note));
	add_media(j, &r->stats);
	return j;
}
