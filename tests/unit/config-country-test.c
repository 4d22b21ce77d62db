/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Countries and the notation of tones. */
#include <dahdi/tonezone.h>
#include <errno.h>
#include <stdio.h>

#include "config-help.h"
#include "config/country.h"

static void check_tone(const struct country *c, int id)
{
	const struct tone *t = &c->tones[id];
	bool sounds = false;

	if (t->count < 1 || t->count > TONE_SEGMENTS)
		fail_msg("%s: tone %d has %d segments", c->code, id, t->count);
	for (int i = 0; i < t->count; i++) {
		sounds = sounds || t->segment[i].frequency[0];
		/* Only the last one lasts for ever. */
		if (!t->segment[i].ms && i + 1 < t->count)
			fail_msg("%s: tone %d hangs in segment %d", c->code, id, i);
	}
	if (!sounds)
		fail_msg("%s: tone %d is silent", c->code, id);
	/* ITU-T E.180: -10 dBm0 +/- 5 for all frequencies together, less in
	 * North America; a howler is louder. */
	assert_in_range(-t->level, 90, 240);
}

static void check_country(void *arg, const struct country *c)
{
	int *count = arg;

	(*count)++;
	assert_true(c->code[0] && c->name[0] && c->country_code[0]);
	assert_true(c->international_prefix[0]);
	assert_true(c->emergency[0][0]);
	assert_string_equal(c->emergency[7], "");
	assert_true(c->law == AUDIO_MULAW || c->law == AUDIO_ALAW);
	assert_true(c->callerid != CALLERID_NONE);
	assert_true(c->ring.count >= 2 && c->ring.count % 2 == 0);
	assert_in_range(c->ring.ms[0], 400, 2000);
	for (int id = 0; id < TONE_COUNT; id++)
		check_tone(c, id);
}

static void every_country_is_complete(void **state)
{
	int count = 0;

	country_each(check_country, &count);
	assert_int_equal(count, country_row_count);
	assert_true(count >= 46);
}

/* A zone of libtonezone that we have no row for would be missed. */
static void every_zone_has_a_row(void **state)
{
	int zones = 0;

	for (const struct tone_zone *z = builtin_zones; z->zone >= 0; z++) {
		const struct country *c = country_find(z->country);

		if (!c)
			fail_msg("zone %s (%s) is not in country_table.c",
				 z->country, z->description);
		zones++;
	}
	assert_true(zones >= 46);
}

/* What libtonezone has is played as it has it, but for the listed repairs. */
static void zones_parse_or_are_repaired(void **state)
{
	int parsed = 0, repaired = 0;

	for (const struct tone_zone *z = builtin_zones; z->zone >= 0; z++) {
		for (int i = 0; i < DAHDI_TONE_MAX; i++) {
			const struct tone_zone_sound *s = &z->tones[i];
			const struct country *c = country_find(z->country);
			static const int ids[] = {
				[DAHDI_TONE_DIALTONE] = TONE_DIAL,
				[DAHDI_TONE_BUSY] = TONE_BUSY,
				[DAHDI_TONE_RINGTONE] = TONE_RINGBACK,
				[DAHDI_TONE_CONGESTION] = TONE_CONGESTION,
			};
			struct tone t;

			if (!s->data[0] || s->toneid < 0 || s->toneid > DAHDI_TONE_CONGESTION)
				continue;
			if (tone_parse(&t, s->data, 0)) {
				repaired++;
				continue;
			}
			parsed++;
			if (!strcmp(z->country, "jp"))
				continue;
			assert_memory_equal(t.segment, c->tones[ids[s->toneid]].segment,
					    sizeof(t.segment));
		}
	}
	assert_true(parsed >= 180);
	assert_int_equal(repaired, 1);	/* Australia's congestion */
}

static void some_are_as_their_networks_say(void **state)
{
	const struct country *us = country_find("us"), *uk = country_find("gb");
	const struct country *de = country_find("DE"), *jp = country_find("jp");

	assert_string_equal(us->country_code, "1");
	assert_int_equal(us->law, AUDIO_MULAW);
	assert_int_equal(us->callerid, CALLERID_BELLCORE);
	assert_int_equal(us->ring.ms[0], 2000);
	assert_int_equal(us->ring.ms[1], 4000);
	assert_int_equal(us->tones[TONE_DIAL].segment[0].frequency[0], 350);
	assert_int_equal(us->tones[TONE_DIAL].segment[0].frequency[1], 440);
	assert_int_equal(us->tones[TONE_DIAL].level, -130);
	assert_int_equal(us->tones[TONE_RINGBACK].level, -190);
	assert_int_equal(us->tones[TONE_BUSY].level, -240);
	assert_int_equal(us->tones[TONE_STUTTER].loop, 12);
	assert_int_equal(us->tones[TONE_HOWLER].segment[0].frequency[3], 2600);
	assert_int_equal(us->tones[TONE_HOWLER].level, -90);
	assert_int_equal(uk->callerid, CALLERID_UK);
	assert_int_equal(uk->ring.count, 4);
	assert_string_equal(uk->emergency[0], "999");
	assert_int_equal(de->callerid, CALLERID_ETSI);
	assert_int_equal(de->law, AUDIO_ALAW);
	assert_int_equal(de->tones[TONE_BUSY].segment[0].ms, 480);
	assert_int_equal(de->tones[TONE_BUSY].level, -100);
	assert_true(jp->tones[TONE_RINGBACK].segment[0].modulated);
	assert_int_equal(jp->tones[TONE_RINGBACK].segment[0].frequency[1], 16);
	assert_null(country_find("xx"));
	assert_null(country_find(""));
	assert_ptr_equal(country_find("us"), us);
}

/* ------------------------------------------------------------------- tones */

static void tones_are_read(void **state)
{
	struct tone t;

	assert_int_equal(tone_parse(&t, "350+440", -130), 0);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.loop, 0);
	assert_int_equal(t.level, -130);
	assert_int_equal(t.segment[0].ms, 0);
	assert_int_equal(tone_parse(&t, "!950/330,!1400/330,!1800/330,0", 0), 0);
	assert_int_equal(t.count, 4);
	assert_int_equal(t.loop, 3);
	assert_int_equal(t.segment[3].frequency[0], 0);
	assert_int_equal(tone_parse(&t, "!425/100,!0/50", 0), 0);
	assert_true(t.loop >= t.count);
	assert_int_equal(tone_parse(&t, "600*120/500,0/500", 0), 0);
	assert_true(t.segment[0].modulated);
	assert_false(t.segment[1].modulated);
	assert_int_equal(tone_parse(&t, "1+2+3+3999/600000", 0), 0);
	assert_int_equal(t.segment[0].frequency[3], 3999);
	assert_int_equal(t.segment[0].ms, 600000);
}

static void wrong_tones_are_refused(void **state)
{
	static const char *const wrong[] = {
		"", ",", "!", "x", "425/", "425/0", "425/x", "425,", "425/100,",
		"4000/100", "425/600001", "425+0/1", "0+425", "0*5", "425*", "425+",
		"425*25*25", "425+450*25", "425*25+450", "1+2+3+4+5", "425 /100",
		"425/100 ", "425/100;0/100", "425,0/100", "425/100,!0/100", "-425",
		"425/-1", "99999999999999999999", "425/99999999999999999999",
		"1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1,1/1",
	};
	struct tone t = { .level = 77 };

	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (tone_parse(&t, wrong[i], 0) != -EINVAL)
			fail_msg("\"%s\" is taken for a tone", wrong[i]);
		assert_int_equal(t.level, 77);	/* untouched */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_country_is_complete),
		cmocka_unit_test(every_zone_has_a_row),
		cmocka_unit_test(zones_parse_or_are_repaired),
		cmocka_unit_test(some_are_as_their_networks_say),
		cmocka_unit_test(tones_are_read),
		cmocka_unit_test(wrong_tones_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
