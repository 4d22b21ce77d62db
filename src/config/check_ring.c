/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Distinctive ringing: names of cadences. */
#include <strings.h>

#include "config/check.h"

static void check_name_known(struct loader *l, const config_setting_t *s,
			     const char *name)
{
	if (*name && !config_cadence(l->conf, name))
		report_at(l, check_place(s, "cadence"),
			  "no cadence is called \"%s\"; describe it in cadences, or use \"bellcore-dr1\" to \"bellcore-dr5\"",
			  name);
}

void check_ringing(struct loader *l)
{
	const struct config *conf = l->conf;

	for (size_t i = 0; i < conf->cadence_count; i++)
		for (size_t k = 0; k < i && *conf->cadences[i].name; k++)
			if (!strcasecmp(conf->cadences[i].name, conf->cadences[k].name))
				report_at(l, check_place(check_element(l, "cadences", i), "name"),
					  "two cadences are called \"%s\"; rename one",
					  conf->cadences[i].name);
	for (size_t i = 0; i < conf->ringing_count; i++)
		check_name_known(l, check_element(l, "ringing", i),
				 conf->ringing[i].cadence);
	for (size_t i = 0; i < conf->route_count; i++)
		check_name_known(l, check_element(l, "routes", i),
				 conf->routes[i].cadence);
}
