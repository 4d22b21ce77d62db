/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The habits of countries. Tones and ringing come from libtonezone's zones,
 * put right where they cannot be played; the rest is country_table.c.
 */
#include <dahdi/tonezone.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "config/country.h"

/* Where a tone of ours is found in a zone, what is played where the zone does
 * not say, and how loud: 0.1 dBm0 in all. ITU-T E.180 clause 6 asks for -10 +/- 5
 * dBm0, North America (GR-506) for less; a howler is as loud as may be. */
static const struct tone_source {
	int zone_tone;			/* -1: zones have none */
	const char *otherwise;		/* NULL: dial tone */
	int16_t level, level_nanp;
} sources[TONE_COUNT] = {
	[TONE_DIAL] = { DAHDI_TONE_DIALTONE, "425", -100, -100 },
	[TONE_STUTTER] = { DAHDI_TONE_STUTTER, NULL, -100, -100 },
	[TONE_RINGBACK] = { DAHDI_TONE_RINGTONE, "425/1000,0/4000", -100, -160 },
	[TONE_BUSY] = { DAHDI_TONE_BUSY, "425/500,0/500", -100, -210 },
	[TONE_CONGESTION] = { DAHDI_TONE_CONGESTION, "425/250,0/250", -100, -210 },
	[TONE_SIT] = { DAHDI_TONE_INFO, "950/330,1400/330,1800/330,0/1000",
		       -130, -130 },
	[TONE_CALL_WAITING] = { DAHDI_TONE_CALLWAIT, "425/200,0/200,425/200,0/5000",
				-130, -130 },
	[TONE_HOWLER] = { -1, "1400+2060+2450+2600/100,0/100", -30, -30 },
	[TONE_SECOND_DIAL] = { DAHDI_TONE_DIALTONE, "425", -100, -100 },
};

/* Zones as libtonezone has them, with faults that make a tone unplayable or
 * longer than a struct tone; and what is meant. */
static const struct repair {
	const char *zone;
	enum tone_id tone;
	const char *text;
} repairs[] = {
	{ "au", TONE_CONGESTION, "425/375,0/375" },
	{ "jp", TONE_RINGBACK, "400*16/1000,0/2000" },
	{ "jp", TONE_CALL_WAITING, "400*16/500,0/8000" },
	{ "nz", TONE_STUTTER, "!400/100,!0/100,!400/100,!0/100,!400/100,!0/100,"
			      "!400/100,!0/100,!400/100,!0/100,400" },
	{ "se", TONE_SIT, "950/332,0/24,1400/332,0/24,1800/332,0/2024" },
	{ "sg", TONE_STUTTER, "!425/200,!0/200,!425/600,!0/200,!425/200,!0/200,"
			      "!425/600,!0/200,425" },
	{ "il", TONE_STUTTER, "!414/160,!0/160,!414/160,!0/160,!414/160,!0/160,"
			      "!414/160,!0/160,!414/160,!0/160,414" },
	{ "ee", TONE_SIT, "950/650,0/325,950/325,0/30,1400/1300,0/2600" },
	{ "de", TONE_CALL_WAITING, "!425/200,!0/200,!425/200,!0/5000,!425/200,"
				   "!0/200,!425/200,!0/5000,!425/200,!0/200,"
				   "!425/200,0" },
	{ "th", TONE_CALL_WAITING, "1000/400,0/10000,1000/400,0/10000" },
	{ "th", TONE_STUTTER, "!400/200,!0/200,!400/600,!0/200,!400/200,!0/200,"
			      "!400/600,!0/200,400" },
	{ "pa", TONE_CALL_WAITING, "425/180,0/180,425/180,0/5000" },
	{ "cr", TONE_CALL_WAITING, "450/150,0/150,450/150,0/8000" },
};

static const struct tone_zone *find_zone(const char *name)
{
	for (const struct tone_zone *z = builtin_zones; z->zone >= 0; z++)
		if (!strcmp(z->country, name))
			return z;
	return NULL;
}

static const char *zone_tone(const struct tone_zone *zone, enum tone_id id)
{
	for (size_t i = 0; i < sizeof(repairs) / sizeof(*repairs); i++)
		if (repairs[i].tone == id && !strcmp(repairs[i].zone, zone->country))
			return repairs[i].text;
	if (sources[id].zone_tone < 0)
		return NULL;
	for (int i = 0; i < DAHDI_TONE_MAX; i++)
		if (zone->tones[i].toneid == sources[id].zone_tone &&
		    zone->tones[i].data[0])
			return zone->tones[i].data;
	return NULL;
}

int16_t country_tone_level(const struct country *c, enum tone_id id,
			   const struct tone *tone)
{
	/* 10 lg n in 0.1 dB: what n frequencies together are above each. */
	static const int16_t together[TONE_FREQUENCIES + 1] = { 0, 0, 30, 48, 60 };
	int16_t level = sources[id].level;
	int most = 1;

	if (!strcmp(c->country_code, "1"))
		level = sources[id].level_nanp;
	for (int s = 0; s < tone->count; s++) {
		int n = 0;

		while (!tone->segment[s].modulated && n < TONE_FREQUENCIES &&
		       tone->segment[s].frequency[n])
			n++;
		most = n > most ? n : most;
	}
	return level - together[most];
}

static void fill_tone(struct country *c, enum tone_id id, const char *text)
{
	struct tone *t = &c->tones[id];

	if (!text || tone_parse(t, text, 0)) {
		if (!sources[id].otherwise)
			*t = c->tones[TONE_DIAL];
		else
			tone_parse(t, sources[id].otherwise, 0);
	}
	t->level = country_tone_level(c, id, t);
}

static void fill_ring(struct cadence *ring, const int *ms)
{
	for (; ring->count < CADENCE_STEPS && ring->count < DAHDI_MAX_CADENCE; ring->count++) {
		if (ms[ring->count] <= 0)
			break;
		ring->ms[ring->count] = ms[ring->count];
	}
	if (ring->count < 2)
		*ring = (struct cadence){ .ms = { 1000, 4000 }, .count = 2 };
}

static const struct country *fill(struct country *c, const struct country_row *row)
{
	const struct tone_zone *zone;

	if (c->code[0])
		return c;
	zone = find_zone(row->zone);
	if (!zone)
		return NULL;
	snprintf(c->name, sizeof(c->name), "%s", row->name);
	snprintf(c->zone, sizeof(c->zone), "%s", row->zone);
	snprintf(c->country_code, sizeof(c->country_code), "%s", row->calling_code);
	snprintf(c->national_prefix, sizeof(c->national_prefix), "%s",
		 row->national_prefix);
	snprintf(c->international_prefix, sizeof(c->international_prefix), "%s",
		 row->international_prefix);
	c->dial = country_dial_plan(row->code);
	c->callerid = row->callerid;
	c->callerid_start = row->codes[0];
	c->callerid_stop = row->codes[1];
	c->law = row->law;
	for (size_t i = 0; i < COUNTRY_EMERGENCY && row->emergency[i]; i++)
		snprintf(c->emergency[i], sizeof(c->emergency[i]), "%s",
			 row->emergency[i]);
	for (int id = 0; id < TONE_COUNT; id++)
		fill_tone(c, id, zone_tone(zone, id));
	fill_ring(&c->ring, zone->ringcadence);
	snprintf(c->code, sizeof(c->code), "%s", row->code);
	return c;
}

static struct country countries[COUNTRY_ROWS_MOST];

const struct country *country_find(const char *code)
{
	for (size_t i = 0; i < country_row_count; i++)
		if (!strcasecmp(country_rows[i].code, code))
			return fill(&countries[i], &country_rows[i]);
	return NULL;
}

void country_each(void (*fn)(void *arg, const struct country *), void *arg)
{
	for (size_t i = 0; i < country_row_count; i++) {
		const struct country *c = fill(&countries[i], &country_rows[i]);

		if (c)
			fn(arg, c);
	}
}
