/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Number formats of three kinds of country. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/e164.h"

static const struct e164_plan us = { "1", "1", "011" }, de = { "49", "0", "00" },
	no = { "47", "", "00" }, au = { "61", "0", "0011" }, ru = { "7", "8", "810" };

static void reads(const struct e164_plan *p, const char *number, const char *want)
{
	char out[PARTY_NUMBER_SIZE];
	bool told = e164_read(out, number, p, false);

	assert_string_equal(out, want);
	assert_int_equal(told, want[0] == '+');
}

static void numbers_are_read(void **state)
{
	reads(&us, "5551230001", "+15551230001");
	reads(&us, "15551230001", "+15551230001");
	reads(&us, "+442071234567", "+442071234567");
	reads(&us, "011442071234567", "+442071234567");
	reads(&de, "030123456", "+4930123456");
	reads(&de, "0015551230001", "+15551230001");
	reads(&no, "22334455", "+4722334455");
	reads(&au, "0291234567", "+61291234567");
	reads(&au, "001115551230001", "+15551230001");
	reads(&ru, "84951234567", "+74951234567");
	reads(&ru, "8104930123456", "+4930123456");
}

/* What is no full number, or is no number for the network at all. */
static void what_cannot_be_told_stays(void **state)
{
	static const char *const kept[] = { "", "911", "112", "000", "1669", "10111",
		"201", "*67", "0#", "ABCD", "*6730123456", "12345678901234567890123" };
	char out[PARTY_NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		reads(&us, kept[i], kept[i]);
		reads(&de, kept[i], kept[i]);
	}
	reads(&us, "5551234", "5551234");	/* local */
	reads(&us, "05551230001", "05551230001");
	reads(&de, "1234567", "1234567");
	reads(&de, "00", "00");
	reads(&de, "000000000", "000000000");
	reads(&au, "000", "000");
	reads(&ru, "8123456", "8123456");
	assert_false(e164_read(out, "+", &us, false));
	assert_false(e164_read(out, "+1*5", &us, false));
	assert_string_equal(out, "+1*5");
}

static void bare_country_codes(void **state)
{
	char out[PARTY_NUMBER_SIZE];

	assert_true(e164_read(out, "4930123456", &de, true));
	assert_string_equal(out, "+4930123456");
	assert_true(e164_read(out, "15551230001", &us, true));
	assert_string_equal(out, "+15551230001");
	/* A prefix that should not be there is still understood. */
	assert_true(e164_read(out, "030123456", &de, true));
	assert_string_equal(out, "+4930123456");
	assert_false(e164_read(out, "110", &de, true));
	assert_string_equal(out, "110");
	/* In place. */
	strcpy(out, "030123456");
	assert_true(e164_read(out, out, &de, false));
	assert_string_equal(out, "+4930123456");
}

static void numbers_are_written(void **state)
{
	static const struct { const struct e164_plan *plan; const char *number,
		*plus, *bare, *national; } rows[] = {
		{ &us, "+15551230001", "+15551230001", "15551230001", "5551230001" },
		{ &us, "+4930123456", "+4930123456", "4930123456", "0114930123456" },
		{ &de, "+4930123456", "+4930123456", "4930123456", "030123456" },
		{ &de, "+15551230001", "+15551230001", "15551230001", "0015551230001" },
		{ &no, "+4722334455", "+4722334455", "4722334455", "22334455" },
		{ &de, "112", "112", "112", "112" },
		{ &de, "", "", "", "" },
	};
	char out[PARTY_NUMBER_SIZE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		e164_write(out, rows[i].number, NUMBER_UNCHANGED, rows[i].plan);
		assert_string_equal(out, rows[i].number);
		e164_write(out, rows[i].number, NUMBER_PLUS_E164, rows[i].plan);
		assert_string_equal(out, rows[i].plus);
		e164_write(out, rows[i].number, NUMBER_E164, rows[i].plan);
		assert_string_equal(out, rows[i].bare);
		e164_write(out, rows[i].number, NUMBER_NATIONAL, rows[i].plan);
		assert_string_equal(out, rows[i].national);
		/* And back. */
		if (rows[i].number[0] == '+') {
			assert_true(e164_read(out, rows[i].national, rows[i].plan,
					      false));
			assert_string_equal(out, rows[i].number);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(what_cannot_be_told_stays),
		cmocka_unit_test(bare_country_codes),
		cmocka_unit_test(numbers_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
