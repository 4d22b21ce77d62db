/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/callerid.h"
#include "media/digits.h"
#include "media/osc.h"

static int16_t pcm[40000];

static int setup(void **state)
{
	osc_init();
	setenv("TZ", "UTC", 1);
	return 0;
}

/* Sends, and lets what is sent be heard; `hurt`: a sample to start damage at. */
static enum callerid_news through(enum callerid_standard s,
				  const struct party *from, struct party *to,
				  size_t hurt)
{
	struct callerid_sender *tx = callerid_sender_new();
	struct callerid *rx = callerid_new(s);
	enum callerid_news news = CALLERID_NOTHING, n;
	struct digits d;
	size_t at = 0;

	assert_int_equal(digits_init(&d, 0, 0), 0);
	assert_int_equal(callerid_send(tx, s, from, 951782400, 300), 0);
	while (callerid_sound(tx, pcm + at, 80) && at < 39000)
		at += 80;
	assert_true(at > 4000 && at < 39000);
	memset(pcm + at + 80, 0, sizeof(pcm) - (at + 80) * sizeof(*pcm));
	for (size_t i = hurt; hurt && i < hurt + 200; i++)
		pcm[i] = (int16_t)(i * 7919 % 8000);
	for (at = 0; at < 40000; at += 80) {
		digits_run(&d, pcm + at, 80);
		for (unsigned i = 0; callerid_takes_digits(rx) &&
				     i < d.changes; i++)
			if (d.change[i].began) {
				n = callerid_digit(rx, d.change[i].digit, to);
				news = n ? n : news;
			}
		n = callerid_run(rx, pcm + at, 80, to);
		news = n ? n : news;
	}
	digits_fini(&d);
	callerid_sender_free(tx);
	callerid_free(rx);
	return news;
}

static const enum callerid_standard standards[] = {
	CALLERID_BELLCORE, CALLERID_ETSI, CALLERID_DTMF,
};

static void number_and_name_cross(void **state)
{
	struct party from = { .number = "+15551234567", .name = "J\xc3\xbcrg Li" };
	struct party to;

	for (int i = 0; i < 3; i++) {
		memset(&to, 0, sizeof(to));
		assert_int_equal(through(standards[i], &from, &to, 0),
				 CALLERID_COMPLETE);
		assert_string_equal(to.number, "15551234567");
		assert_int_equal(to.presentation, PRESENTATION_ALLOWED);
		if (standards[i] != CALLERID_DTMF)
			assert_string_equal(to.name, from.name);
	}
}

static void private_and_unavailable_stay_apart(void **state)
{
	struct party from = { .number = "5551234", .name = "Secret" }, to;

	for (int i = 0; i < 3; i++) {
		from.presentation = PRESENTATION_PRIVATE;
		assert_int_equal(through(standards[i], &from, &to, 0),
				 CALLERID_COMPLETE);
		assert_int_equal(to.presentation, PRESENTATION_PRIVATE);
		assert_string_equal(to.number, "");
		assert_string_equal(to.name, "");
		from.presentation = PRESENTATION_UNAVAILABLE;
		assert_int_equal(through(standards[i], &from, &to, 0),
				 CALLERID_COMPLETE);
		assert_int_equal(to.presentation, PRESENTATION_UNAVAILABLE);
	}
}

static void damage_is_told(void **state)
{
	struct party from = { .number = "5551234", .name = "Somebody" }, to;

	/* After 300 ms of silence, seizure and mark of 480 bits at 1200 bit/s. */
	assert_int_equal(through(CALLERID_BELLCORE, &from, &to, 2400 + 4200),
			 CALLERID_BROKEN);
	assert_int_equal(through(CALLERID_ETSI, &from, &to, 2400 + 4200),
			 CALLERID_BROKEN);
}

static void message_has_the_date(void **state)
{
	struct party from = { .number = "5551234" };
	uint8_t m[CALLERID_MESSAGE];
	size_t n = callerid_build(m, CALLERID_BELLCORE, &from, 951782400);

	/* 2000-02-29 00:00 */
	assert_int_equal(m[0], 0x80);
	assert_int_equal(m[1], n - 2);
	assert_memory_equal(m + 2, "\1\10" "02290000", 10);
	assert_memory_equal(m + 12, "\2\7" "5551234", 9);
	assert_memory_equal(m + 21, "\10\1" "O", 3);
	/* A name longer than the standard allows is cut, not refused. */
	memset(from.name, 'x', sizeof(from.name) - 1);
	memset(from.number, '1', sizeof(from.number) - 1);
	n = callerid_build(m, CALLERID_ETSI, &from, 0);
	assert_int_equal(n, 2 + 2 + 20 + 2 + 50);
}

static void messages_of_others(void **state)
{
	struct party p;

	assert_int_equal(callerid_parse(&p, (const uint8_t *)
		"\4\22" "02290000" "5551234567", 20), 0);
	assert_string_equal(p.number, "5551234567");
	assert_int_equal(callerid_parse(&p, (const uint8_t *)
		"\4\11" "02290000" "P", 11), 0);
	assert_int_equal(p.presentation, PRESENTATION_PRIVATE);
	/* A name alone; its number is absent for lack of service. */
	assert_int_equal(callerid_parse(&p, (const uint8_t *)
		"\200\11" "\4\1" "O" "\7\4" "A\xe9 C", 11), 0);
	assert_int_equal(p.presentation, PRESENTATION_UNAVAILABLE);
	assert_string_equal(p.name, "A\xc3\xa9 C");
	/* A field longer than the message. */
	assert_int_equal(callerid_parse(&p, (const uint8_t *)
		"\200\4" "\2\7" "55", 6), -22);
	assert_int_equal(callerid_parse(&p, (const uint8_t *)"\200\0", 2), 0);
	assert_int_equal(p.presentation, PRESENTATION_UNAVAILABLE);
	assert_int_equal(callerid_parse(&p, (const uint8_t *)"\200\3" "x", 3), -22);
}

static void dtmf_dialects(void **state)
{
	struct party p;

	assert_int_equal(callerid_parse_digits(&p, "A0123456D99C"), 0);
	assert_string_equal(p.number, "0123456");
	assert_int_equal(callerid_parse_digits(&p, "D0123456C"), 0);
	assert_string_equal(p.number, "0123456");
	assert_int_equal(callerid_parse_digits(&p, "0123456#"), 0);
	assert_string_equal(p.number, "0123456");
	assert_int_equal(callerid_parse_digits(&p, "D1#"), 0);
	assert_int_equal(p.presentation, PRESENTATION_PRIVATE);
	assert_int_equal(callerid_parse_digits(&p, "D3#"), 0);
	assert_int_equal(p.presentation, PRESENTATION_UNAVAILABLE);
	assert_int_equal(callerid_parse_digits(&p, "A0123"), -22);
	assert_int_equal(callerid_parse_digits(&p, ""), -22);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_and_name_cross),
		cmocka_unit_test(private_and_unavailable_stay_apart),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(message_has_the_date),
		cmocka_unit_test(messages_of_others),
		cmocka_unit_test(dtmf_dialects),
	};

	return cmocka_run_group_tests_name("media-callerid", tests, setup, NULL);
}
