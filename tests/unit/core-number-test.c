/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Digit maps, numbers, limits: the small judges of core. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digit_map.h"
#include "config/config.h"
#include "core/fraud.h"
#include "core/limit.h"
#include "core/number.h"

/* -------------------------------------------------------------- digit maps */

static void maps_are_matched_digit_by_digit(void **state)
{
	static const struct { const char *map, *digits; enum digit_match result; } t[] = {
		{ "911", "", DIGIT_PARTIAL },
		{ "911", "9", DIGIT_PARTIAL },
		{ "911", "911", DIGIT_COMPLETE },
		{ "911", "9111", DIGIT_NO_MATCH },
		{ "911", "8", DIGIT_NO_MATCH },
		{ "[2-9]xxxxxx|911|011x.T", "1", DIGIT_NO_MATCH },
		{ "[2-9]xxxxxx|911|011x.T", "911", DIGIT_MAYBE },
		{ "[2-9]xxxxxx|911|011x.T", "9115551", DIGIT_COMPLETE },
		{ "[2-9]xxxxxx|911|011x.T", "011", DIGIT_MAYBE },
		{ "[2-9]xxxxxx|911|011x.T", "01144", DIGIT_MAYBE },
		{ "[2-9]xxxxxx|911|011x.T", "01", DIGIT_PARTIAL },
		{ "(0T|00T|[1-7]xxx|8xxxxxxx)", "0", DIGIT_MAYBE },
		{ "(0T|00T|[1-7]xxx|8xxxxxxx)", "00", DIGIT_MAYBE },
		{ "(0T|00T|[1-7]xxx|8xxxxxxx)", "000", DIGIT_NO_MATCH },
		{ "(0T|00T|[1-7]xxx|8xxxxxxx)", "7123", DIGIT_COMPLETE },
		{ "x.", "", DIGIT_MAYBE },
		{ "x.", "123456789", DIGIT_MAYBE },
		{ "x.#", "12", DIGIT_PARTIAL },
		{ "x.#", "12#", DIGIT_COMPLETE },
		{ "*xx", "*6", DIGIT_PARTIAL },
		{ "*xx", "*69", DIGIT_COMPLETE },
		{ "[0-9*#A]", "a", DIGIT_COMPLETE },
		{ "[0-9*#A]", "B", DIGIT_NO_MATCH },
		{ "0[1-3]5.7", "01557", DIGIT_COMPLETE },
		{ "0[1-3]5.7", "027", DIGIT_COMPLETE },
		{ "0[1-3]5.7", "0156", DIGIT_NO_MATCH },
		{ "0x.1T", "0101", DIGIT_MAYBE },
		{ "0x.1T", "0100", DIGIT_PARTIAL },
		{ "+44x.", "+442079", DIGIT_MAYBE },
		{ "+44x.", "442079", DIGIT_NO_MATCH },
		{ "911", "9x1", DIGIT_NO_MATCH },
		{ "oops", "1", DIGIT_NO_MATCH },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (digit_map_match(t[i].map, t[i].digits) != t[i].result)
			fail_msg("%s with %s is not %d", t[i].map, t[i].digits,
				 t[i].result);
}

static void several_maps_are_as_one(void **state)
{
	unsigned bits = digit_map_bits("911", "911");

	assert_int_equal(digit_map_verdict(bits), DIGIT_COMPLETE);
	bits |= digit_map_bits("9xxxxxx", "911");
	assert_int_equal(digit_map_verdict(bits), DIGIT_MAYBE);
	assert_true(digit_map_has("91[2-9]xx", "91234"));
	assert_false(digit_map_has("91[2-9]xx", "9123"));
	assert_true(digit_map_has("011x.T", "011442"));
}

static void wrong_maps_say_where(void **state)
{
	static const struct { const char *map, *why; } t[] = {
		{ "", "empty" },
		{ "9|", "empty" },
		{ "|9", "character 1 '|'" },
		{ "9y1", "character 2 'y'" },
		{ ".9", "nothing to repeat" },
		{ "9..", "nothing to repeat" },
		{ "[2-", "range" },
		{ "[29", "']' is missing" },
		{ "[]", "empty" },
		{ "[9-2]", "below the start" },
		{ "[8-A]", "below the start" },
		{ "9T1", "follows T" },
		{ "(911", "')' is missing" },
		{ "911)", "closes no bracket" },
		{ "(911)1", "follows the closing bracket" },
		{ "T", "empty" },
	};
	char why[160];

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(digit_map_check(t[i].map, why, sizeof(why)), -EINVAL);
		if (!strstr(why, t[i].why))
			fail_msg("%s: %s", t[i].map, why);
	}
	assert_int_equal(digit_map_check("([2-9]xxxxxx|911|011x.T)", why,
					 sizeof(why)), 0);
}

static void long_maps_have_a_bound(void **state)
{
	char map[80], why[160];

	memset(map, 'x', sizeof(map));
	map[63] = '\0';
	assert_int_equal(digit_map_check(map, why, sizeof(why)), 0);
	map[63] = 'x';
	map[64] = '\0';
	assert_int_equal(digit_map_check(map, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "63 elements"));
	map[63] = '\0';
	assert_int_equal(digit_map_match(map, "000000000000000000000000000000"
		"000000000000000000000000000000000"), DIGIT_COMPLETE);
}

/* ----------------------------------------------------------------- numbers */

static void numbers_are_compared_without_plus(void **state)
{
	assert_true(number_equal("+15551230001", "15551230001"));
	assert_true(number_equal("600", "600"));
	assert_false(number_equal("600", "6001"));
	assert_false(number_equal("", ""));
	assert_false(number_equal("+", ""));
}

static void numbers_are_rewritten(void **state)
{
	char out[PARTY_NUMBER_SIZE], longest[PARTY_NUMBER_SIZE];

	assert_int_equal(number_rewrite(out, "95551234", 1, ""), 0);
	assert_string_equal(out, "5551234");
	assert_int_equal(number_rewrite(out, "+15551234", 1, "00"), 0);
	assert_string_equal(out, "005551234");
	assert_int_equal(number_rewrite(out, "+15551234", 0, ""), 0);
	assert_string_equal(out, "+15551234");
	assert_int_equal(number_rewrite(out, "12", 5, "9"), 0);
	assert_string_equal(out, "9");
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(number_rewrite(out, longest, 0, ""), 0);
	assert_string_equal(out, longest);
	assert_int_equal(number_rewrite(out, longest, 0, "0"), -ENAMETOOLONG);
	assert_string_equal(out, "");
	assert_string_equal(number_last("15551230001", 4), "0001");
	assert_string_equal(number_last("15", 4), "15");
	number_dialable(out, "+1 (555) 12w*#Dx", false);
	assert_string_equal(out, "155512*#D");
	number_dialable(out, "0w12", true);
	assert_string_equal(out, "0w12");
}

/* ------------------------------------------------------------------ limits */

static void limits_bound_each_direction(void **state)
{
	struct limit l = { .max = 3, .max_in = 1, .max_out = -1 };
	char words[48];

	assert_true(limit_allows(&l, true));
	limit_take(&l, true);
	assert_false(limit_allows(&l, true));
	limit_words(&l, true, words, sizeof(words));
	assert_string_equal(words, "1 of 1 calls in");
	assert_true(limit_allows(&l, false));
	limit_take(&l, false);
	limit_take(&l, false);
	assert_false(limit_allows(&l, false));
	assert_false(limit_has_circuit(&l));
	limit_words(&l, false, words, sizeof(words));
	assert_string_equal(words, "3 of 3 calls");
	/* Lowered below what runs: nothing is cut, the counts stay. */
	assert_int_equal(limit_set(&l, 0, 1), 0);
	assert_int_equal(l.in + l.out, 3);
	limit_give(&l, false, 0);
	limit_give(&l, false, 0);
	assert_false(limit_allows(&l, false));
	limit_give(&l, true, 0);
	assert_true(limit_allows(&l, false));
	assert_int_equal(limit_set(&l, 'o', 0), 0);
	assert_false(limit_allows(&l, false));
	assert_int_equal(limit_set(&l, 'x', 0), -EINVAL);
	assert_int_equal(limit_set(&l, 'i', -2), -EINVAL);
}

/* ------------------------------------------------------- international form */

static void numbers_are_read_by_the_countrys_plan(void **state)
{
	static const struct {
		const char *country, *dialled, *full;
		int where;
		bool premium;
	} t[] = {
		{ "us", "5552345", "", FRAUD_LOCAL, false },
		{ "us", "411", "", FRAUD_LOCAL, false },
		{ "us", "2125551234", "+12125551234", FRAUD_COUNTRY, false },
		{ "us", "12125551234", "+12125551234", FRAUD_COUNTRY, false },
		{ "us", "+12125551234", "+12125551234", FRAUD_COUNTRY, false },
		{ "us", "18765551234", "+18765551234", FRAUD_ABROAD, false },
		{ "us", "8095551234", "+18095551234", FRAUD_ABROAD, false },
		{ "us", "01144207946000", "+44207946000", FRAUD_ABROAD, false },
		{ "us", "442079460000", "+442079460000", FRAUD_ABROAD, false },
		{ "us", "19005551234", "+19005551234", FRAUD_COUNTRY, true },
		{ "us", "*67", "", FRAUD_LOCAL, false },
		{ "de", "12345678", "", FRAUD_LOCAL, false },
		{ "de", "0301234567", "+49301234567", FRAUD_COUNTRY, false },
		{ "de", "09001234567", "+499001234567", FRAUD_COUNTRY, true },
		{ "de", "11833", "", FRAUD_LOCAL, true },
		{ "de", "004315123456", "+4315123456", FRAUD_ABROAD, false },
		{ "de", "+88213123456", "+88213123456", FRAUD_ABROAD, true },
		{ "de", "00493012345", "+493012345", FRAUD_COUNTRY, false },
		{ "gb", "02079460000", "+442079460000", FRAUD_COUNTRY, false },
		{ "gb", "07700900123", "+447700900123", FRAUD_COUNTRY, false },
		{ "gb", "09098790000", "+449098790000", FRAUD_COUNTRY, true },
		{ "gb", "07012345678", "+447012345678", FRAUD_COUNTRY, true },
		{ "es", "912345678", "+34912345678", FRAUD_COUNTRY, false },
		{ "es", "806123456", "+34806123456", FRAUD_COUNTRY, true },
		{ "it", "0612345678", "+390612345678", FRAUD_COUNTRY, false },
		{ "fr", "0899123456", "+33899123456", FRAUD_COUNTRY, true },
		{ "hu", "0612345678", "+3612345678", FRAUD_COUNTRY, false },
		{ "ru", "84951234567", "+74951234567", FRAUD_COUNTRY, false },
		{ "ru", "8101212555123", "+1212555123", FRAUD_ABROAD, false },
		{ "il", "012442079460", "+442079460", FRAUD_ABROAD, false },
		{ "il", "0312345678", "+972312345678", FRAUD_COUNTRY, false },
		{ "jp", "01044207946000", "+44207946000", FRAUD_ABROAD, false },
		{ "au", "001144207946000", "+44207946000", FRAUD_ABROAD, false },
		{ "au", "0291234567", "+61291234567", FRAUD_COUNTRY, false },
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct fraud_number n[FRAUD_NUMBERS];
		const struct country *c = country_find(t[i].country);

		assert_non_null(c);
		assert_int_equal(fraud_numbers(n, t[i].dialled, c), 1);
		if (strcmp(n[0].full, t[i].full) || (int)n[0].where != t[i].where ||
		    n[0].premium != t[i].premium)
			fail_msg("%s %s: %s, %d, %d", t[i].country, t[i].dialled,
				 n[0].full, n[0].where, n[0].premium);
	}
}

static void numbers_inside_service_codes_are_found(void **state)
{
	struct fraud_number n[FRAUD_NUMBERS];
	unsigned count = fraud_numbers(n, "*21*00442079460000#", country_find("de"));
	bool found = false;

	for (unsigned i = 0; i < count; i++)
		found = found || n[i].where == FRAUD_ABROAD;
	assert_true(found);
	count = fraud_numbers(n, "*6701144207946000", country_find("us"));
	assert_int_equal(count, 2);
	assert_string_equal(n[1].full, "+44207946000");
	assert_int_equal(fraud_numbers(n, "#*#", country_find("us")), 0);
	assert_true(fraud_numbers(n, "*1*2*3*4*5*6*7*8*9*1*2*3", country_find("us")) <=
		    FRAUD_NUMBERS);
}

static void destinations_are_matched(void **state)
{
	struct fraud_number n[FRAUD_NUMBERS];

	fraud_numbers(n, "00447911123456", country_find("de"));
	assert_true(fraud_matches("any", n));
	assert_false(fraud_matches("country", n));
	assert_true(fraud_matches("+44", n));
	assert_true(fraud_matches("+44x911", n));
	assert_false(fraud_matches("+442", n));
	assert_false(fraud_matches("+4479111234567", n));
	assert_true(fraud_matches("0044x.", n));
	assert_false(fraud_matches("0900x.", n));
}

static void what_is_used_is_forgotten_after_a_day(void **state)
{
	struct fraud_meter m = { .kind = "box" };
	struct fraud_used u;
	int64_t now = 1795608000;

	fraud_meter_add(&m, now, 1, 60);
	fraud_meter_add(&m, now + 3000, 1, 30);
	fraud_meter_read(&m, now + 3000, &u);
	assert_int_equal(u.calls_hour, 2);
	assert_int_equal(u.seconds_hour, 90);
	fraud_meter_read(&m, now + 3900, &u);
	assert_int_equal(u.calls_hour, 1);
	assert_int_equal(u.calls_day, 2);
	fraud_meter_read(&m, now + 86400, &u);
	assert_int_equal(u.calls_day, 1);
	/* A clock that was set back sees nothing of its future. */
	fraud_meter_read(&m, now - 600, &u);
	assert_int_equal(u.calls_day, 0);
	fraud_meter_add(&m, now + 86400, 1, 1);
	fraud_meter_read(&m, now + 86400, &u);
	assert_int_equal(u.calls_hour, 1);
}

static void hours_are_read_and_held(void **state)
{
	static const char *const wrong[] = { "", "mon", "mon 8-9", "mon 08:00-24:01",
		"mon 08:00-08:00", "xyz 08:00-09:00", "mon- 08:00-09:00",
		"mon 08:00-09:00 x", "mon,08:00-09:00" };
	struct config_hours h;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(config_hours_read(&h, wrong[i]), -EINVAL);
	assert_int_equal(config_hours_read(&h, "fri-mon,wed 22:00-06:00"), 0);
	assert_int_equal(h.days, 0x6b);
	assert_true(config_hours_hold(&h, 5, 22 * 60));
	assert_true(config_hours_hold(&h, 2, 5 * 60));	/* Monday's night */
	assert_false(config_hours_hold(&h, 2, 22 * 60));
	assert_false(config_hours_hold(&h, 5, 12 * 60));
	assert_int_equal(config_hours_read(&h, "daily 00:00-24:00"), 0);
	assert_true(config_hours_hold(&h, 0, 1439));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_by_the_countrys_plan),
		cmocka_unit_test(numbers_inside_service_codes_are_found),
		cmocka_unit_test(destinations_are_matched),
		cmocka_unit_test(what_is_used_is_forgotten_after_a_day),
		cmocka_unit_test(hours_are_read_and_held),
		cmocka_unit_test(maps_are_matched_digit_by_digit),
		cmocka_unit_test(several_maps_are_as_one),
		cmocka_unit_test(wrong_maps_say_where),
		cmocka_unit_test(long_maps_have_a_bound),
		cmocka_unit_test(numbers_are_compared_without_plus),
		cmocka_unit_test(numbers_are_rewritten),
		cmocka_unit_test(limits_bound_each_direction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
