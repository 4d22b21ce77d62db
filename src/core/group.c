/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/box.h"
#include "core/limit.h"
#include "core/line.h"
#include "core/number.h"

static struct group *entry(struct list_head *n)
{
	return list_entry(n, struct group, node);
}

struct group *group_find(struct box *box, const char *name)
{
	struct list_head *n;

	list_for_each(n, &box->groups)
		if (entry(n)->conf && !strcmp(entry(n)->conf->name, name))
			return entry(n);
	return NULL;
}

/* The groups of the old configuration are told from those of the new by name
 * while both configurations still exist. */
int groups_configure(struct box *box)
{
	const struct config *conf = box->conf;
	struct list_head *n;

	for (size_t i = 0; i < conf->group_count; i++) {
		struct group *g = group_find(box, conf->groups[i].name);

		if (!g) {
			g = calloc(1, sizeof(*g));
			if (!g)
				return -ENOMEM;
			list_add_before(&box->groups, &g->node);
		}
		g->conf = &conf->groups[i];
		limit_configure(&g->limit, &g->conf->limit);
	}
	list_for_each(n, &box->groups) {
		const struct config_group *c = entry(n)->conf;

		if (c && config_group(conf, c->name) != c)
			entry(n)->conf = NULL;
	}
	groups_sweep(box);
	return 0;
}

void groups_sweep(struct box *box)
{
	struct list_head *n, *tmp;

	list_for_each_safe(n, tmp, &box->groups) {
		struct group *g = entry(n);

		if (g->conf || g->limit.in || g->limit.out)
			continue;
		list_remove(&g->node);
		free(g);
	}
}

bool group_has(const struct group *g, const char *line)
{
	for (size_t i = 0; g->conf && i < g->conf->line_count; i++)
		if (!strcmp(g->conf->lines[i], line))
			return true;
	return false;
}

struct group *group_of(struct box *box, const struct line *line)
{
	struct list_head *n;

	list_for_each(n, &box->groups)
		if (group_has(entry(n), line->conf->name))
			return entry(n);
	return NULL;
}

enum hunt_result line_hunt(struct line *line, const struct hunter *h)
{
	for (unsigned i = 0; i < h->tried_count; i++)
		if (h->tried[i] == line)
			return HUNT_ALL_DOWN;
	return line_hunted(line, h->emergency);
}

/* Looks at one line of a hunt; keeps the most hopeful result, and the first
 * line that yields. */
static void consider(struct line *line, enum hunt_result *best, struct line **found,
		     struct line **yields, const struct hunter *h, bool least_used)
{
	enum hunt_result r = line_hunt(line, h);

	if (r > *best)
		*best = r;
	if (r == HUNT_YIELDS && !*yields)
		*yields = line;
	if (r != HUNT_FOUND)
		return;
	if (!*found || (least_used && line->calls_out < (*found)->calls_out))
		*found = line;
}

enum hunt_result group_hunt(struct group *g, struct box *box, const struct hunter *h,
			    struct line **found)
{
	enum hunt_result best = HUNT_NO_LINE;
	size_t count = g->conf ? g->conf->line_count : 0;
	bool circular = count && g->conf->hunt == HUNT_CIRCULAR;
	bool least = count && g->conf->hunt == HUNT_LEAST_USED;
	struct line *yields = NULL;

	*found = NULL;
	for (size_t i = 0; i < count; i++) {
		size_t at = circular ? (g->next + i) % count : i;
		struct line *line = box_line(box, g->conf->lines[at]);

		if (!line)
			continue;
		consider(line, &best, found, &yields, h, least);
		if (*found && !least) {
			g->next = (at + 1) % count;
			break;
		}
	}
	if (!*found)
		*found = yields;
	return best;
}

enum hunt_result number_hunt(struct box *box, const char *number, const struct hunter *h,
			     struct line **found)
{
	enum hunt_result best = HUNT_NO_LINE;
	struct line *yields = NULL;

	*found = NULL;
	for (size_t i = 0; i < box->conf->line_count && !*found; i++) {
		const struct config_line *c = &box->conf->lines[i];
		struct line *line;

		if (!number_equal(c->number, number))
			continue;
		line = box_line(box, c->name);
		if (line)
			consider(line, &best, found, &yields, h, false);
	}
	if (!*found)
		*found = yields;
	return best;
}
