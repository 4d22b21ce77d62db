/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Lines: what goes with their kind, and whether a call can come or go. */
#include <string.h>

#include "base/digit_map.h"
#include "config/check.h"
#include "config/country.h"

static const char *const fxo_keys[] = {
	"ring_to", "two_stage", "dial", "dial_method", "answer", "wait_dial_tone",
	"glare", "pin", "pulse_rate", "pulse_break", "flash_time",
	"disconnect_tone", "disconnect_break", "learn", NULL
};
static const char *const fxs_keys[] = {
	"did", "hotline", "hotline_delay", "polarity_answer", "flash",
	"flash_holds", "transfer", "transfer_code", "call_waiting",
	"call_waiting_callerid", "mailbox", "mwi", "mwi_alert", NULL
};

static const char *first_given(const config_setting_t *s, const char *const *keys)
{
	while (*keys && !check_given(s, *keys))
		keys++;
	return *keys;
}

static void refuse_keys(struct loader *l, const config_setting_t *s,
			const char *const *keys, const char *of, const char *is)
{
	for (; *keys; keys++)
		if (check_given(s, *keys))
			report_at(l, check_place(s, *keys),
				  "%s is for %s ports, and this one is %s; leave it out",
				  *keys, of, is);
}

static void check_kind(struct loader *l, const config_setting_t *s,
		       const struct config_line *line)
{
	const char *fxo = first_given(s, fxo_keys), *fxs = first_given(s, fxs_keys);

	if (line->kind == PORT_FXS)
		refuse_keys(l, s, fxo_keys, "fxo", "fxs");
	else if (line->kind == PORT_FXO)
		refuse_keys(l, s, fxs_keys, "fxs", "fxo");
	else if (setting_faulty(s))
		return;
	else if (!strncmp(line->port, "sim/", 4))
		report_at(l, s, "line %s needs kind = \"fxs\" or kind = \"fxo\": a simulated port cannot be asked",
			  line->name);
	else if (fxo && fxs)
		report_at(l, s, "line %s has %s, which is for fxo ports, and %s, which is for fxs ports; leave one out",
			  line->name, fxo, fxs);
}

/* --------------------------------------------------------- ways in and out */

static bool in_group(const struct config *conf, const char *group, const char *line)
{
	const struct config_group *g = config_group(conf, group);

	for (size_t i = 0; g && i < g->line_count; i++)
		if (!strcmp(g->lines[i], line))
			return true;
	return false;
}

static bool end_is(const struct config *conf, const struct route_end *end,
		   const struct config_line *line)
{
	return (end->kind == ROUTE_LINE && !strcmp(end->name, line->name)) ||
	       (end->kind == ROUTE_GROUP && in_group(conf, end->name, line->name));
}

/* Does a call from the line go anywhere? number "": to any number. refused:
 * the route that refuses that number, if one does. */
static bool way_out(const struct config *conf, const struct config_line *line,
		    const char *number, const struct config_route **refused)
{
	for (size_t i = 0; i < conf->route_count; i++) {
		const struct config_route *r = &conf->routes[i];

		if (r->from.kind != ROUTE_ANY && !end_is(conf, &r->from, line))
			continue;
		if (*number && *r->called && !digit_map_has(r->called, number))
			continue;
		/* Who rings an fxo port is not known here. */
		if (*r->calling && line->kind != PORT_FXO &&
		    !digit_map_has(r->calling, line->number))
			continue;
		if (!r->reject)
			return true;
		if (*number && !*r->calling) {
			*refused = r;
			return false;
		}
	}
	return *line->trunk;
}

static bool way_in(const struct config *conf, const struct config_line *line)
{
	if (*line->number && conf->trunk_count + conf->span_count)
		return true;
	for (size_t i = 0; i < conf->route_count; i++)
		for (size_t k = 0; k < conf->routes[i].to_count; k++)
			if (end_is(conf, &conf->routes[i].to[k], line))
				return true;
	for (size_t k = 0; k < conf->emergency.via_count; k++)
		if (end_is(conf, &conf->emergency.via[k], line))
			return true;
	return false;
}

static void check_number_way(struct loader *l, const config_setting_t *s,
			     const struct config_line *line, const char *key,
			     const char *number)
{
	const struct config_route *refused = NULL;

	if (!*number || way_out(l->conf, line, number, &refused))
		return;
	if (refused)
		report_at(l, check_place(s, key),
			  "%s \"%s\" leads nowhere: the route of line %d refuses it; put one that takes it before that",
			  key, number, refused->place.line);
	else
		report_at(l, check_place(s, key),
			  "%s \"%s\" leads nowhere: line %s has no trunk, and no route takes it; add trunk = \"...\"",
			  key, number, line->name);
}

static void check_ways(struct loader *l, const config_setting_t *s,
		       const struct config_line *line)
{
	const struct config_route *refused = NULL;
	const struct config *conf = l->conf;

	if (line->kind == PORT_FXO && !*line->ring_to && !line->two_stage)
		report_at(l, s, "line %s does not know what to do when it rings; add ring_to = \"NUMBER\", or two_stage = true",
			  line->name);
	else if (line->two_stage && !way_out(conf, line, "", &refused))
		report_at(l, check_place(s, "two_stage"),
			  "what is dialled on line %s leads nowhere; add trunk = \"...\", or a route from it",
			  line->name);
	check_number_way(l, s, line, "ring_to", line->ring_to);
	check_number_way(l, s, line, "hotline", line->hotline);
	if (line->kind != PORT_FXO && !*line->hotline && !*line->ring_to &&
	    !way_out(conf, line, "", &refused) && !way_in(conf, line))
		report_at(l, s, "line %s has no way in or out; add trunk = \"...\", and number = \"...\" for calls to it",
			  line->name);
}

/* --------------------------------------------------------- contradictions */

static void check_dialling(struct loader *l, const config_setting_t *s,
			   const struct config_line *line)
{
	if (*line->ring_to && line->two_stage)
		report_at(l, check_place(s, "two_stage"),
			  "ring_to and two_stage exclude each other; leave one out");
	if (line->call_waiting && !line->flash)
		report_at(l, check_place(s, "call_waiting"),
			  "call_waiting needs flash = true: a hookflash takes the waiting call");
	if (*line->pin && !line->two_stage)
		report_at(l, check_place(s, "pin"),
			  "pin has no use without two_stage = true");
	if (line->hotline_ms && !*line->hotline)
		report_at(l, check_place(s, "hotline_delay"),
			  "hotline_delay has no use without hotline = \"NUMBER\"");
	if (*line->hotline && *line->digit_map && !line->hotline_ms)
		report_at(l, check_place(s, "digit_map"),
			  "with hotline nothing is dialled; leave digit_map or hotline out, or add hotline_delay");
	if (line->kind == PORT_FXO && *line->digit_map && !line->two_stage)
		report_at(l, check_place(s, "digit_map"),
			  "digit_map on an fxo port has no use without two_stage = true");
	if (line->dial_method == DIAL_PULSE && strpbrk(line->dial_digits, "*#ABCD"))
		report_at(l, check_place(s, "dial"),
			  "dial \"%s\" cannot be sent as pulses; only 0 to 9 can",
			  line->dial_digits);
}

static void check_callerid(struct loader *l, const config_setting_t *s,
			   const struct config_line *line)
{
	static const char *const keys[] = {
		"callerid_standard", "callerid_alert",
		"call_waiting_callerid", NULL
	};

	for (const char *const *key = keys; *key && !line->callerid; key++)
		if (check_given(s, *key))
			report_at(l, check_place(s, *key),
				  "%s has no use with callerid = false; leave one out",
				  *key);
	if (check_given(s, "mwi_alert") && !(line->mwi & MWI_FSK))
		report_at(l, check_place(s, "mwi_alert"),
			  "mwi_alert has no use without \"fsk\" in mwi");
	if (line->mwi & MWI_FSK && line->way.standard && !callerid_rows[line->way.standard].waiting)
		report_at(l, check_place(s, "mwi"),
			  "%s caller ID has no data for messages; leave \"fsk\" out, or set callerid_standard",
			  callerid_rows[line->way.standard].name);
	if (check_given(s, "call_waiting_callerid") && !line->call_waiting)
		report_at(l, check_place(s, "call_waiting_callerid"),
			  "call_waiting_callerid has no use without call_waiting = true");
	if (check_given(s, "call_waiting_callerid") && line->call_waiting_callerid &&
	    line->way.standard && !callerid_rows[line->way.standard].waiting)
		report_at(l, check_place(s, "call_waiting_callerid"),
			  "%s caller ID cannot tell who waits; leave call_waiting_callerid out",
			  callerid_rows[line->way.standard].name);
	if (line->callerid && check_given(s, "callerid_alert") &&
	    line->way.standard == CALLERID_JAPAN)
		report_at(l, check_place(s, "callerid_alert"),
			  "Japan's caller ID is always announced by a reversal and a short ring; leave callerid_alert out");
}

/* One account registered for two lines: the later one would take its calls. */
static void check_same_account(struct loader *l, const config_setting_t *s, size_t i)
{
	const struct config_line *mine = &l->conf->lines[i];

	for (size_t k = 0; mine->registers && k < i; k++) {
		const struct config_line *other = &l->conf->lines[k];

		if (!other->registers || strcmp(mine->user, other->user) ||
		    strcmp(mine->trunk, other->trunk))
			continue;
		report_at(l, check_place(s, "user"),
			  "user \"%s\" is registered for line %s too; register the trunk instead, or give each its own",
			  mine->user, other->name);
		return;
	}
}

static void check_line(struct loader *l, size_t i)
{
	const config_setting_t *s = check_element(l, "lines", i);
	const struct config_line *line = &l->conf->lines[i];
	bool faulty = setting_faulty(s);

	check_kind(l, s, line);
	check_account(l, s, &(struct account_given){
		line->user, line->auth_user, line->number, line->secret_file,
		line->registers, line->allow_weak_secret });
	if (*line->trunk)
		check_trunk_name(l, check_place(s, "trunk"), line->trunk);
	else if (*line->user && !faulty)
		report_at(l, check_place(s, "user"),
			  "an own account needs trunk, whose server knows it; add trunk = \"...\"");
	check_dialling(l, s, line);
	if (!faulty)
		check_callerid(l, s, line);
	if (!faulty && line->kind != PORT_FXO && *line->transfer_code &&
	    check_given(s, "transfer_code") &&
	    !(line->flash && line->flash_holds && line->transfer))
		report_at(l, check_place(s, "transfer_code"),
			  "transfer_code has no use without flash = true, nor with flash_holds or transfer = false");
	if (*line->user)
		check_same_account(l, s, i);
	if (!faulty)
		check_ways(l, s, line);
}

void check_lines(struct loader *l)
{
	for (size_t i = 0; i < l->conf->line_count; i++)
		check_line(l, i);
}
