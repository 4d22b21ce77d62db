/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <string.h>

#include "config/config.h"

const struct config_trunk *config_trunk(const struct config *conf, const char *name)
{
	for (size_t i = 0; i < conf->trunk_count; i++)
		if (!strcmp(conf->trunks[i].name, name))
			return &conf->trunks[i];
	return NULL;
}

const struct config_line *config_line(const struct config *conf, const char *name)
{
	for (size_t i = 0; i < conf->line_count; i++)
		if (!strcmp(conf->lines[i].name, name))
			return &conf->lines[i];
	return NULL;
}

const struct config_group *config_group(const struct config *conf, const char *name)
{
	for (size_t i = 0; i < conf->group_count; i++)
		if (!strcmp(conf->groups[i].name, name))
			return &conf->groups[i];
	return NULL;
}
