/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* measure.c - the command that is answered when the measurement has ended. */
#include "ops/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops/room.h"

/* Who waits for a line's figures. */
struct waiting {
	struct list_head node;
	struct client *client;
	char line[48];
};

static void forget(struct waiting *w)
{
	list_remove(&w->node);
	free(w);
}

json_t *ops_measure(struct ops *o, struct client *c, const json_t *request)
{
	const char *line = json_string_value(json_object_get(request, "line"));
	struct waiting *w;
	char why[256];

	if (!line)
		return control_error("measure: \"line\" must be the name of a line");
	w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->client = c;
	snprintf(w->line, sizeof(w->line), "%s", line);
	list_add_before(&o->measures, &w->node);
	/* It may end at once. */
	client_later(c);
	if (box_measure(o->box, line, why, sizeof(why))) {
		forget(w);
		client_answer(c, control_error("measure: line %s: %s", line, why));
	}
	return NULL;
}

void ops_measured(struct ops *o, const struct line *line, const struct measurement *m)
{
	struct list_head *pos, *tmp;
	struct line_info i;

	line_get_info(line, &i);
	list_for_each_safe(pos, tmp, &o->measures) {
		struct waiting *w = list_entry(pos, struct waiting, node);
		struct client *c = w->client;

		if (strcmp(w->line, i.name))
			continue;
		forget(w);
		client_answer(c, measure_show(i.name, m, o->conf,
					      config_line(o->conf, i.name)));
	}
}

void ops_measure_gone(void *arg, struct client *c)
{
	struct ops *o = arg;
	struct list_head *pos, *tmp;
	char line[48];

	list_for_each_safe(pos, tmp, &o->measures) {
		struct waiting *w = list_entry(pos, struct waiting, node);

		if (w->client != c)
			continue;
		snprintf(line, sizeof(line), "%s", w->line);
		forget(w);
		box_measure_stop(o->box, line, "nobody waits for it any more");
	}
}

void ops_measures_free(struct ops *o)
{
	while (!list_empty(&o->measures))
		forget(list_entry(o->measures.next, struct waiting, node));
}
