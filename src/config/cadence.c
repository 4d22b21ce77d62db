/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Cadences of distinctive ringing by name: the file's, else the usual ones. */
#include <strings.h>

#include "config/config.h"

/* GR-506 section 14; the splash of dr5 comes again, for a call waits behind it. */
static const struct config_cadence usual[] = {
	{ .name = "bellcore-dr1", .ring = { { 2000, 4000 }, 2, 0 } },
	{ .name = "bellcore-dr2", .ring = { { 800, 400, 800, 4000 }, 4, 0 } },
	{ .name = "bellcore-dr3", .ring = { { 400, 200, 400, 200, 800, 4000 }, 6, 0 } },
	{ .name = "bellcore-dr4", .ring = { { 300, 200, 1000, 200, 300, 4000 }, 6, 0 } },
	{ .name = "bellcore-dr5", .ring = { { 500, 4000 }, 2, 0 } },
};

const struct cadence *config_cadence(const struct config *conf, const char *name)
{
	for (size_t i = 0; i < conf->cadence_count; i++)
		if (!strcasecmp(conf->cadences[i].name, name))
			return &conf->cadences[i].ring;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (!strcasecmp(usual[i].name, name))
			return &usual[i].ring;
	return NULL;
}

unsigned cadence_longest_pause(const struct cadence *c, unsigned *burst)
{
	unsigned longest = 0;

	*burst = 0;
	for (unsigned i = 1; i < c->count; i += 2)
		if (c->ms[i] > longest) {
			longest = c->ms[i];
			*burst = i / 2;
		}
	return longest;
}
