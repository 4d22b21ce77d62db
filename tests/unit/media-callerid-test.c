/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <math.h>
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
static bool in_call;	/* how through() sends */

static int setup(void **state)
{
	osc_init();
	setenv("TZ", "UTC", 1);
	return 0;
}

/* Sends, and lets what is sent be heard; `hurt`: a sample to start damage at. */
static enum callerid_news through(const struct callerid_way *way,
				  const struct party *from, struct party *to,
				  size_t hurt)
{
	struct callerid_sender *tx = callerid_sender_new();
	struct callerid *rx = callerid_new(way->standard);
	enum callerid_news news = CALLERID_NOTHING, n;
	struct digits d;
	size_t at = 0;

	digits_init(&d);
	if (in_call)
		assert_int_equal(callerid_send_talking(tx, way, from, 951782400,
						       300), 0);
	else
		assert_int_equal(callerid_send(tx, way, from, 951782400, 300), 0);
	while (callerid_sound(tx, pcm + at, 80) && at < 39000)
		at += 80;
	assert_true(at > (in_call ? 2000 : 4000) && at < 39000);
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
	callerid_sender_free(tx);
	callerid_free(rx);
	return news;
}

static const struct callerid_way ways[] = {
	{ CALLERID_BELLCORE, ALERT_RING, 0, 0 },
	{ CALLERID_ETSI, ALERT_RING, 0, 0 },
	{ CALLERID_ETSI, ALERT_DTAS, 0, 0 },
	{ CALLERID_UK, ALERT_POLARITY, 0, 0 },
	{ CALLERID_JAPAN, ALERT_POLARITY, 0, 0 },
	{ CALLERID_DTMF, ALERT_NONE, 'A', 'C' },
	{ CALLERID_DTMF, ALERT_NONE, 'D', 'C' },
	{ CALLERID_DTMF, ALERT_NONE, 'A', '#' },
};
#define WAYS (int)(sizeof(ways) / sizeof(*ways))

static void who_waits_crosses(void **state)
{
	struct party from = { .number = "5551234567", .name = "J. Doe" }, to;
	struct callerid_sender *tx = callerid_sender_new();
	unsigned told = 0;

	in_call = true;
	for (int i = 0; i < WAYS; i++) {
		if (callerid_send_talking(tx, &ways[i], &from, 0, 0) == -ENOTSUP)
			continue;
		assert_int_equal(through(&ways[i], &from, &to, 0), CALLERID_COMPLETE);
		assert_string_equal(to.number, "5551234567");
		assert_string_equal(to.name, "J. Doe");
		told++;
	}
	in_call = false;
	assert_int_equal(told, 4);
	callerid_sender_free(tx);
}

static void messages_are_built(void **state)
{
	static const uint8_t on[] = { 0x82, 3, 0x0b, 1, 0xff };
	struct callerid_sender *tx = callerid_sender_new();
	uint8_t m[CALLERID_MESSAGE];
	int16_t frame[80];
	unsigned frames = 0;

	assert_int_equal(callerid_build_messages(m, true), sizeof(on));
	assert_memory_equal(m, on, sizeof(on));
	assert_int_equal(callerid_build_messages(m, false), sizeof(on));
	assert_int_equal(m[4], 0);
	assert_int_equal(callerid_send_messages(tx, &ways[5], true, 0), -ENOTSUP);
	assert_int_equal(callerid_send_messages(tx, &ways[0], true, 0), 0);
	while (callerid_sound(tx, frame, 80) && frames < 500)
		frames++;
	assert_true(frames > 20 && frames < 200);
	callerid_sender_free(tx);
}

static void number_and_name_cross(void **state)
{
	struct party from = { .number = "+15551234567", .name = "J\xc3\xbcrg Li" };
	struct party to;

	for (int i = 0; i < WAYS; i++) {
		memset(&to, 0, sizeof(to));
		assert_int_equal(through(&ways[i], &from, &to, 0),
				 CALLERID_COMPLETE);
		assert_string_equal(to.number, "15551234567");
		assert_int_equal(to.presentation, PRESENTATION_ALLOWED);
		if (ways[i].standard < CALLERID_JAPAN)
			assert_string_equal(to.name, from.name);
	}
}

static void private_and_unavailable_stay_apart(void **state)
{
	struct party from = { .number = "5551234", .name = "Secret" }, to;

	for (int i = 0; i < WAYS; i++) {
		from.presentation = PRESENTATION_PRIVATE;
		assert_int_equal(through(&ways[i], &from, &to, 0),
				 CALLERID_COMPLETE);
		assert_int_equal(to.presentation, PRESENTATION_PRIVATE);
		assert_string_equal(to.number, "");
		assert_string_equal(to.name, "");
		from.presentation = PRESENTATION_UNAVAILABLE;
		assert_int_equal(through(&ways[i], &from, &to, 0),
				 CALLERID_COMPLETE);
		assert_int_equal(to.presentation, PRESENTATION_UNAVAILABLE);
	}
}

/* What a distant exchange gives: -35 dBm0, noise 15 dB below, and what the hybrid
 * returns of it 4 ms later. */
static void weak_and_noisy_is_read(void **state)
{
	struct party from = { .number = "5551234567" }, to;
	double sum = 0, gain;
	uint32_t seed = 1;
	size_t n = 0;

	for (int i = 0; i < WAYS; i++) {
		struct callerid_sender *tx = callerid_sender_new();
		struct callerid *rx = callerid_new(ways[i].standard);
		enum callerid_news news = CALLERID_NOTHING, got;
		static int16_t sent[40000];
		struct digits d;

		memset(sent, 0, sizeof(sent));
		digits_init(&d);
		digits_faint(&d, true);
		assert_int_equal(callerid_send(tx, &ways[i], &from, 951782400, 300), 0);
		for (n = 0; callerid_sound(tx, sent + n, 80) && n < 39000; n += 80)
			;
		sum = 0;
		for (size_t k = 2400; k < n; k++)
			sum += (double)sent[k] * sent[k];
		/* 0 dBm0 is 16140 / sqrt(2) as the root of the mean square here */
		gain = 11412 * pow(10, -35 / 20.0) / sqrt(sum / (double)(n - 2400));
		for (size_t k = 0; k < 40000; k++) {
			double noise = 0, echo = k >= 32 ? 0.3 * sent[k - 32] : 0;

			for (int j = 0; j < 12; j++) {
				seed = seed * 1664525u + 1013904223u;
				noise += (double)(seed >> 8) / (1 << 24);
			}
			noise = (noise - 6) * 11412 * pow(10, -50 / 20.0);
			pcm[k] = (int16_t)lrint(gain * (sent[k] + echo) + noise);
		}
		for (size_t at = 0; at < 40000; at += 80) {
			digits_run(&d, pcm + at, 80);
			for (unsigned k = 0; callerid_takes_digits(rx) &&
					     k < d.changes; k++)
				if (d.change[k].began) {
					got = callerid_digit(rx, d.change[k].digit, &to);
					news = got ? got : news;
				}
			got = callerid_run(rx, pcm + at, 80, &to);
			news = got ? got : news;
		}
		if (news != CALLERID_COMPLETE)
			fail_msg("way %d, standard %d: news %d", i, ways[i].standard, news);
		assert_string_equal(to.number, "5551234567");
		callerid_sender_free(tx);
		callerid_free(rx);
	}
}

static void damage_is_told(void **state)
{
	struct party from = { .number = "5551234", .name = "Somebody" }, to;

	/* After 300 ms of silence, seizure and mark of 480 bits at 1200 bit/s. */
	assert_int_equal(through(&ways[0], &from, &to, 2400 + 4200),
			 CALLERID_BROKEN);
	assert_int_equal(through(&ways[1], &from, &to, 2400 + 4200),
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
		cmocka_unit_test(who_waits_crosses),
		cmocka_unit_test(messages_are_built),
		cmocka_unit_test(private_and_unavailable_stay_apart),
		cmocka_unit_test(weak_and_noisy_is_read),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(message_has_the_date),
		cmocka_unit_test(messages_of_others),
		cmocka_unit_test(dtmf_dialects),
	};

	return cmocka_run_group_tests_name("media-callerid", tests, setup, NULL);
}
