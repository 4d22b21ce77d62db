/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What Q.931 says about a call, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "isdn/map.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct e164_plan us = { "1", "1", "011" }, de = { "49", "0", "00" },
	none = { "", "", "" };

static void reads(const struct e164_plan *p, int plan, const char *digits,
		  const char *want)
{
	char out[PARTY_NUMBER_SIZE];

	number_read(out, digits, plan, p);
	if (strcmp(out, want))
		fail_msg("%s with 0x%02x is %s, not %s", digits, plan, out, want);
}

static void numbers_are_read(void **state)
{
	reads(&de, 0x11, "15551230001", "+15551230001");
	reads(&de, 0x21, "30123456", "+4930123456");
	reads(&de, 0x41, "123456", "123456");
	reads(&de, 0x00, "030123456", "030123456");
	reads(&de, 0x49, "201", "201");
	/* The high bit is the extension bit of some. */
	reads(&de, 0xa1, "30123456", "+4930123456");
	reads(&us, 0x21, "5551230001", "+15551230001");
	reads(&us, 0x21, "15551230001", "+15551230001");
	reads(&none, 0x21, "30123456", "30123456");
	reads(NULL, 0x11, "15551230001", "+15551230001");
	reads(NULL, 0x21, "5551230001", "5551230001");
	/* A plus among the digits, services, and what is no number. */
	reads(&de, 0x00, "+15551230001", "+15551230001");
	reads(&de, 0x21, "*31#", "*31#");
	reads(&de, 0x11, "", "");
	reads(&de, 0x11, "1555;x@y", "+1555");
	/* As long as an element can be: cut, not overrun. */
	reads(&de, 0x11, "123456789012345678901234567890123456789012345678901234567",
	      "+12345678901234567890123456789012345678901234567");
}

static void writes(const struct e164_plan *p, enum number_type type,
		   const char *number, const char *want, int plan)
{
	char out[PARTY_NUMBER_SIZE];
	int got = number_write(out, number, type, p);

	if (strcmp(out, want) || got != plan)
		fail_msg("%s is %s with 0x%02x, not %s with 0x%02x", number, out,
			 got, want, plan);
}

static void numbers_are_written(void **state)
{
	writes(&de, TYPE_BY_NUMBER, "+4930123456", "30123456", 0x21);
	writes(&de, TYPE_BY_NUMBER, "+15551230001", "15551230001", 0x11);
	writes(&de, TYPE_BY_NUMBER, "030123456", "30123456", 0x21);
	writes(&de, TYPE_BY_NUMBER, "0015551230001", "15551230001", 0x11);
	writes(&de, TYPE_BY_NUMBER, "201", "201", 0x00);
	writes(&de, TYPE_BY_NUMBER, "*31#", "*31#", 0x00);
	writes(&de, TYPE_BY_NUMBER, "112", "112", 0x00);
	writes(&us, TYPE_BY_NUMBER, "+15551230001", "5551230001", 0x21);
	writes(&us, TYPE_BY_NUMBER, "5551230001", "5551230001", 0x21);
	writes(&de, TYPE_INTERNATIONAL, "+4930123456", "4930123456", 0x11);
	writes(&de, TYPE_INTERNATIONAL, "201", "201", 0x00);
	writes(&de, TYPE_UNKNOWN, "+4930123456", "030123456", 0x00);
	writes(&de, TYPE_UNKNOWN, "+15551230001", "0015551230001", 0x00);
	writes(&us, TYPE_UNKNOWN, "+15551230001", "5551230001", 0x00);
	writes(&us, TYPE_UNKNOWN, "911", "911", 0x00);
	writes(NULL, TYPE_BY_NUMBER, "+15551230001", "15551230001", 0x11);
	writes(NULL, TYPE_BY_NUMBER, "5551230001", "5551230001", 0x00);
	writes(NULL, TYPE_UNKNOWN, "+15551230001", "15551230001", 0x00);
	writes(&none, TYPE_BY_NUMBER, "+15551230001", "15551230001", 0x11);
}

/* What goes out with a type comes back as the number it was. */
static void numbers_come_back(void **state)
{
	static const char *const numbers[] = { "+4930123456", "+15551230001",
		"201", "112", "*31#", "" };
	static const struct e164_plan *const plans[] = { &us, &de, &none };
	char out[PARTY_NUMBER_SIZE], back[PARTY_NUMBER_SIZE];

	for (size_t p = 0; p < COUNT(plans); p++)
		for (size_t i = 0; i < COUNT(numbers); i++) {
			int plan = number_write(out, numbers[i], TYPE_BY_NUMBER,
						plans[p]);

			number_read(back, out, plan, plans[p]);
			assert_string_equal(back, numbers[i]);
		}
}

static struct pri_party_id identity(int presentation, const char *number,
				    const char *name)
{
	struct pri_party_id id = { .number = {
		.valid = number != NULL, .presentation = presentation,
		.plan = 0x11 }, .name = { .valid = name != NULL,
		.presentation = presentation & 0x60, .char_set = 1 } };

	snprintf(id.number.str, sizeof(id.number.str), "%s", number ? number : "");
	snprintf(id.name.str, sizeof(id.name.str), "%s", name ? name : "");
	return id;
}

static void parties_are_read(void **state)
{
	static const struct {
		int wire;
		enum presentation presentation;
		const char *number;
	} rows[] = {
		{ PRES_ALLOWED_USER_NUMBER_NOT_SCREENED, PRESENTATION_ALLOWED, "+49301" },
		{ PRES_ALLOWED_USER_NUMBER_PASSED_SCREEN, PRESENTATION_ALLOWED, "+49301" },
		{ PRES_ALLOWED_USER_NUMBER_FAILED_SCREEN, PRESENTATION_UNAVAILABLE, "" },
		{ PRES_ALLOWED_NETWORK_NUMBER, PRESENTATION_ALLOWED, "+49301" },
		{ PRES_PROHIB_USER_NUMBER_NOT_SCREENED, PRESENTATION_PRIVATE, "+49301" },
		{ PRES_PROHIB_USER_NUMBER_PASSED_SCREEN, PRESENTATION_PRIVATE, "+49301" },
		{ PRES_PROHIB_USER_NUMBER_FAILED_SCREEN, PRESENTATION_PRIVATE, "" },
		{ PRES_PROHIB_NETWORK_NUMBER, PRESENTATION_PRIVATE, "+49301" },
		{ PRES_NUMBER_NOT_AVAILABLE, PRESENTATION_UNAVAILABLE, "+49301" },
		{ PRI_PRES_RESERVED, PRESENTATION_PRIVATE, "+49301" },
	};
	struct pri_party_id id;
	struct party p;

	for (size_t i = 0; i < COUNT(rows); i++) {
		id = identity(rows[i].wire, "49301", NULL);
		q931_party_read(&p, &id, &de);
		assert_int_equal(p.presentation, rows[i].presentation);
		assert_string_equal(p.number, rows[i].number);
		assert_string_equal(p.name, "");
	}
	/* Nobody, a name alone, a name that is private beside a number. */
	id = identity(0, NULL, NULL);
	q931_party_read(&p, &id, &de);
	assert_int_equal(p.presentation, PRESENTATION_UNAVAILABLE);
	id = identity(0, NULL, "Desk");
	q931_party_read(&p, &id, &de);
	assert_int_equal(p.presentation, PRESENTATION_ALLOWED);
	assert_string_equal(p.name, "Desk");
	id = identity(0, "49301", "Desk");
	id.name.presentation = PRI_PRES_RESTRICTED;
	q931_party_read(&p, &id, &de);
	assert_int_equal(p.presentation, PRESENTATION_PRIVATE);
}

static void parties_are_written(void **state)
{
	struct party p = { .number = "+4930123456", .name = "J\xc3\xb6rg" };
	struct pri_party_id id;

	q931_party_write(&id, &p, true, TYPE_BY_NUMBER, &de);
	assert_true(id.number.valid && id.name.valid);
	assert_int_equal(id.number.presentation, PRES_ALLOWED_NETWORK_NUMBER);
	assert_int_equal(id.number.plan, PRI_NATIONAL_ISDN);
	assert_string_equal(id.number.str, "30123456");
	assert_string_equal(id.name.str, "J\xf6rg");
	q931_party_write(&id, &p, false, TYPE_INTERNATIONAL, &de);
	assert_int_equal(id.number.presentation,
			 PRES_ALLOWED_USER_NUMBER_NOT_SCREENED);
	assert_string_equal(id.number.str, "4930123456");
	p.presentation = PRESENTATION_PRIVATE;
	q931_party_write(&id, &p, true, TYPE_BY_NUMBER, &de);
	assert_int_equal(id.number.presentation, PRES_PROHIB_NETWORK_NUMBER);
	assert_int_equal(id.name.presentation, PRI_PRES_RESTRICTED);
	p.presentation = PRESENTATION_UNAVAILABLE;
	q931_party_write(&id, &p, true, TYPE_BY_NUMBER, &de);
	assert_int_equal(id.number.presentation, PRES_NUMBER_NOT_AVAILABLE);
	assert_false(id.name.valid);
	p = (struct party){ .presentation = PRESENTATION_PRIVATE };
	q931_party_write(&id, &p, true, TYPE_BY_NUMBER, &de);
	assert_true(id.number.valid);
	assert_string_equal(id.number.str, "");
	p = (struct party){ 0 };
	q931_party_write(&id, &p, true, TYPE_BY_NUMBER, &de);
	assert_false(id.number.valid || id.name.valid);
}

static void names(void **state)
{
	char out[PARTY_NAME_SIZE], wire[64], longest[200];

	name_read(out, "J\xf6rg", PRI_CHAR_SET_ISO8859_1);
	assert_string_equal(out, "J\xc3\xb6rg");
	name_read(out, "J\xc3\xb6rg", PRI_CHAR_SET_ISO10646_UTF_8STRING);
	assert_string_equal(out, "J\xc3\xb6rg");
	/* Display texts do not say what they are. */
	name_read(out, "J\xc3\xb6rg", PRI_CHAR_SET_UNKNOWN);
	assert_string_equal(out, "J\xc3\xb6rg");
	name_read(out, "\xb8\xd2\xd0\xdd", PRI_CHAR_SET_ISO8859_5);
	assert_string_equal(out, "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd");
	name_read(out, "\xe1" "b", PRI_CHAR_SET_ISO8859_7);
	assert_string_equal(out, "?b");
	name_read(out, "a\r\nb\x1b[2J\x9b", PRI_CHAR_SET_ISO8859_1);
	assert_string_equal(out, "ab[2J");
	name_read(out, "a\xff\xc3", PRI_CHAR_SET_ISO10646_UTF_8STRING);
	assert_string_equal(out, "a??");
	/* No half of a character at the end. */
	memset(longest, '\xf6', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	name_read(out, longest, PRI_CHAR_SET_ISO8859_1);
	assert_int_equal(strlen(out), 78);
	name_write(wire, sizeof(wire), out);
	assert_int_equal(strlen(wire), 39);
	name_write(wire, sizeof(wire), "\xd0\x98 \xe2\x82\xac\xf0\x9f\x98\x80!\x07");
	assert_string_equal(wire, "? ?" "?!");
	memset(longest, 'a', sizeof(longest) - 1);
	name_write(wire, sizeof(wire), longest);
	assert_int_equal(strlen(wire), 63);
}

static void bearers(void **state)
{
	static const struct { int capability, layer1; bool taken; enum bearer b; }
	rows[] = {
		{ PRI_TRANS_CAP_SPEECH, PRI_LAYER_1_ULAW, true, BEARER_SPEECH },
		{ PRI_TRANS_CAP_SPEECH, PRI_LAYER_1_ALAW, true, BEARER_SPEECH },
		{ PRI_TRANS_CAP_SPEECH, -1, true, BEARER_SPEECH },
		{ PRI_TRANS_CAP_3_1K_AUDIO, 0, true, BEARER_AUDIO },
		{ PRI_TRANS_CAP_DIGITAL, -1, true, BEARER_DATA },
		{ PRI_TRANS_CAP_DIGITAL, PRI_LAYER_1_ITU_RATE_ADAPT, true,
		  BEARER_DATA },
		{ PRI_TRANS_CAP_SPEECH, PRI_LAYER_1_G722_G725, false, 0 },
		{ PRI_TRANS_CAP_RESTRICTED_DIGITAL, -1, false, 0 },
		{ PRI_TRANS_CAP_DIGITAL_W_TONES, -1, false, 0 },
		{ PRI_TRANS_CAP_VIDEO, -1, false, 0 },
		{ 0x1f, -1, false, 0 }, { -1, -1, false, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		enum bearer b = BEARER_SPEECH;
		enum cause why = CAUSE_NONE;
		bool taken = bearer_read(&b, rows[i].capability, rows[i].layer1,
					 &why);

		assert_int_equal(taken, rows[i].taken);
		assert_int_equal(why, taken ? CAUSE_NONE :
				 CAUSE_BEARER_NOT_IMPLEMENTED);
		if (taken)
			assert_int_equal(b, rows[i].b);
	}
	for (enum bearer b = BEARER_SPEECH; b <= BEARER_DATA; b++) {
		int capability, layer1;
		enum bearer back;
		enum cause why;

		bearer_write(&capability, &layer1, b, AUDIO_ALAW);
		assert_int_equal(layer1, PRI_LAYER_1_ALAW);
		assert_true(bearer_read(&back, capability, layer1, &why));
		assert_int_equal(back, b);
	}
}

static void causes(void **state)
{
	for (int c = 1; c < 128; c++) {
		assert_int_equal(cause_read(c), c);
		if (c != 6 && c != 7 && c != 26 && c != 81)
			assert_int_equal(cause_write(cause_read(c)), c);
	}
	/* These would not be told by DISCONNECT. */
	assert_int_equal(cause_write((enum cause)6), 44);
	assert_int_equal(cause_write((enum cause)7), 31);
	assert_int_equal(cause_write((enum cause)26), 31);
	assert_int_equal(cause_write((enum cause)81), 111);
	assert_int_equal(cause_read(0), CAUSE_NORMAL_UNSPECIFIED);
	assert_int_equal(cause_read(-1), CAUSE_NORMAL_UNSPECIFIED);
	assert_int_equal(cause_read(128), CAUSE_NORMAL_UNSPECIFIED);
	assert_int_equal(cause_write(CAUSE_NONE), 16);
}

static void redirections(void **state)
{
	for (enum diversion_reason r = DIVERSION_UNKNOWN;
	     r <= DIVERSION_UNAVAILABLE; r++)
		assert_int_equal(redirection_read(redirection_write(r)), r);
	assert_int_equal(redirection_read(0x0a), DIVERSION_DEFLECTION);
	assert_int_equal(redirection_read(0x0f), DIVERSION_UNCONDITIONAL);
	assert_int_equal(redirection_read(7), DIVERSION_UNKNOWN);
	assert_int_equal(redirection_read(-1), DIVERSION_UNKNOWN);
	assert_int_equal(redirection_write(DIVERSION_BUSY), 1);
	assert_int_equal(redirection_write(DIVERSION_NO_ANSWER), 2);
	assert_int_equal(redirection_write(DIVERSION_UNAVAILABLE), 9);
}

static void progress(void **state)
{
	assert_true(progress_has_sound(PRI_PROG_INBAND_AVAILABLE));
	assert_true(progress_has_sound(PRI_PROG_CALL_NOT_E2E_ISDN));
	assert_true(progress_has_sound(PRI_PROG_CALLED_NOT_ISDN |
				       PRI_PROG_INBAND_AVAILABLE));
	assert_false(progress_has_sound(PRI_PROG_CALLED_NOT_ISDN));
	assert_false(progress_has_sound(PRI_PROG_CALLER_NOT_ISDN));
	assert_false(progress_has_sound(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(numbers_are_written),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(parties_are_read),
		cmocka_unit_test(parties_are_written),
		cmocka_unit_test(names),
		cmocka_unit_test(bearers),
		cmocka_unit_test(causes),
		cmocka_unit_test(redirections),
		cmocka_unit_test(progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
