/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <string.h>

#include "config/config.h"

const struct config_trunk *config_trunk(const struct config *conf, const char *name)
{
	for (size_t i = 0; i < conf->trunk_count; i++)
		if (!strcmp(conf->trunks[i].name, name))
			return &conf->trunks[i];
	for (size_t i = 0; i < conf->span_count; i++)
		if (!strcmp(conf->spans[i].trunk.name, name))
			return &conf->spans[i].trunk;
	return NULL;
}

const struct config_span *config_span(const struct config *conf, const char *name)
{
	for (size_t i = 0; i < conf->span_count; i++)
		if (!strcmp(conf->spans[i].trunk.name, name))
			return &conf->spans[i];
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

const struct config_trunk_group *config_trunk_group(const struct config *conf,
						    const char *name)
{
	for (size_t i = 0; i < conf->trunk_group_count; i++)
		if (!strcmp(conf->trunk_groups[i].name, name))
			return &conf->trunk_groups[i];
	return NULL;
}

static unsigned codec_kbit(enum codec codec)
{
	switch (codec) {
	case CODEC_PCMU:
	case CODEC_PCMA:
	default:
		return 64;
	}
}

unsigned config_trunk_kbit(const struct config_trunk *t, bool ipv6)
{
	const unsigned rtp = 12, udp = 8, ip = ipv6 ? 40 : 20;
	const unsigned tag = t->srtp == SRTP_OFF ? 0 : 16;	/* the longest */
	unsigned most = 0, ptime = t->ptime ? t->ptime : 20, bits;

	for (size_t i = 0; i < t->codec_count; i++)
		if (codec_kbit(t->codecs[i]) > most)
			most = codec_kbit(t->codecs[i]);
	bits = most * ptime + 8 * (rtp + tag + udp + ip);
	return (bits + ptime - 1) / ptime;
}
