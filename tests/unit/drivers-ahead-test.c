/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What is left out of the audio that is written to a card: a card is played that
 * holds what it is given and has silence when it holds nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/dahdi/ahead.h"

#define BLOCK 160
#define US 1000ull
#define MS 1000000ull

static struct ahead ahead;
static uint8_t loud[BLOCK], quiet[BLOCK];
static bool pauses;		/* the voice, now */
static struct {
	uint64_t began, due;	/* when the next block is complete */
	uint64_t block;		/* its length by the clock of the machine */
	uint64_t end;		/* all that it holds is played */
	uint64_t silence;	/* it played, ns */
	unsigned given, left_out, loud_left_out;	/* samples */
} card;

static int begin(void **state)
{
	memset(loud, 0x8f, sizeof loud);	/* -5 dBm0 */
	memset(quiet, 0xf3, sizeof quiet);
	memset(&card, 0, sizeof card);
	pauses = false;
	card.began = 3600000 * MS;
	card.block = 20 * MS;
	card.due = card.began + card.block;
	card.end = card.began + card.block;
	ahead_start(&ahead, card.began, BLOCK);
	return 0;
}

/* Its next block is read and written so much after it was complete. */
static void turn(uint64_t late)
{
	uint64_t now = card.due + late;
	size_t n;

	ahead_read(&ahead, now, BLOCK);
	n = ahead_write(&ahead, pauses ? quiet : loud, BLOCK, false);
	assert_in_range(n, 0, BLOCK);
	if (n)
		ahead_wrote(&ahead, n);
	if (n && card.end < now) {
		card.silence += now - card.end;
		card.end = now;
	}
	card.end += card.block * n / BLOCK;
	card.given += (unsigned)n;
	card.left_out += BLOCK - (unsigned)n;
	card.loud_left_out += pauses ? 0 : BLOCK - (unsigned)n;
	card.due += card.block;
}

/* In time, but for what a machine is late by. */
static void blocks(unsigned n, unsigned most_late_us)
{
	while (n--)
		turn((unsigned)rand() % (most_late_us + 1) * US);
}

/* Nothing is read for so long, then all that waits. */
static void stand_still(unsigned ms)
{
	uint64_t until = card.due + ms * MS;

	while (card.due < until)
		turn(until - card.due);
}

/* What is held as a block is due: the delay of the voice. */
static unsigned held_ms(void)
{
	int64_t ns = (int64_t)(card.end - card.due);

	return ns < 0 ? 0 : (unsigned)(ns / (int64_t)MS);
}

static void who_is_in_time_loses_nothing(void **state)
{
	for (unsigned i = 0; i < 40; i++) {
		pauses = i & 1;
		blocks(100, 4000);
	}
	assert_int_equal(card.left_out, 0);
	assert_in_range(held_ms(), 0, 5);
}

static void blocks_are_left_out_for_silence_that_was_played(void **state)
{
	for (unsigned ms = 45; ms < 300; ms += 37) {
		begin(NULL);
		blocks(100, 1000);
		stand_still(ms);
		blocks(100, 1000);
		assert_in_range(card.left_out / 8, ms - 22, ms);
		assert_in_range(held_ms(), 0, 23);
	}
}

static void what_is_left_goes_where_the_voice_pauses(void **state)
{
	blocks(100, 1000);
	stand_still(58);
	blocks(600, 1000);
	assert_in_range(held_ms(), 15, 20);
	card.loud_left_out = 0;
	pauses = true;
	blocks(5, 1000);
	assert_in_range(held_ms(), 10, 16);
	blocks(500, 1000);
	pauses = false;
	blocks(500, 1000);
	assert_in_range(held_ms(), 10, 16);
	assert_int_equal(card.loud_left_out, 0);
}

/* Sixty calls are set up at once; then the machine has time again. */
static void a_rush_does_not_delay_the_whole_call(void **state)
{
	for (unsigned i = 0; i < 20; i++) {
		stand_still(39);
		blocks(5, 9000);
	}
	assert_in_range(held_ms(), 15, 42);
	for (unsigned i = 0; i < 10; i++) {
		pauses = i & 1;
		blocks(60, 4000);
	}
	assert_in_range(held_ms(), 10, 16);
	assert_int_equal(card.silence / MS, held_ms() + card.left_out / 8);
}

/* What comes again and again is borne without a loss. */
static void lateness_that_lasts_is_covered(void **state)
{
	uint64_t silence;

	blocks(10, 1000);
	turn(19 * MS);
	silence = card.silence;
	pauses = true;
	for (unsigned i = 0; i < 40; i++) {
		blocks(100, 1000);
		turn(18 * MS);
	}
	assert_int_equal(card.left_out, 0);
	assert_int_equal(card.silence, silence);
}

/* A machine that is always too slow loses a few blocks once, not all the time. */
static void a_slow_machine_loses_little(void **state)
{
	blocks(100, 1000);
	for (unsigned i = 0; i < 1000; i++)
		turn((i % 3 ? 5 + i % 7 : 50 + i % 10) * MS);
	assert_in_range(card.left_out, 0, 4 * BLOCK);
	assert_in_range(card.silence / MS, 1, 140);
	assert_in_range(held_ms(), 40, 70);
}

static void clocks_that_differ_cost_nothing(void **state)
{
	static const int64_t ppm[] = { -150, 150 };

	for (unsigned i = 0; i < 2; i++) {
		begin(NULL);
		card.block = (uint64_t)(20 * (int64_t)MS + 20 * ppm[i]);
		card.due = card.end = card.began + card.block;
		pauses = true;
		blocks(180000, 2000);	/* an hour */
		assert_int_equal(card.left_out, 0);
		assert_in_range(held_ms(), 0, 12);
	}
}

/* The card stood still itself: nothing is missing, nothing comes in a burst. */
static void a_card_that_stood_still_is_no_reason(void **state)
{
	blocks(100, 1000);
	card.due += 200 * MS;
	card.end += 200 * MS;
	blocks(1000, 1000);
	assert_int_equal(card.left_out, 0);
	blocks(1000, 1000);
	assert_int_equal(card.left_out, 0);
}

/* Nothing is written for long, as while the kernel dials. */
static void who_did_not_write_loses_nothing_later(void **state)
{
	for (unsigned i = 0; i < 200; i++) {
		ahead_read(&ahead, card.due + MS, BLOCK);
		card.due += card.block;
	}
	blocks(200, 3000);
	assert_int_equal(card.left_out, 0);
}

static void only_quiet_is_cut(void **state)
{
	static const struct { uint8_t octet; bool alaw, cut; } octets[] = {
		{ 0xff, false, true }, { 0x7f, false, true }, { 0xe0, false, true },
		{ 0xdf, false, false }, { 0x5f, false, false }, { 0x80, false, false },
		{ 0xd5, true, true }, { 0x55, true, true }, { 0xca, true, true },
		{ 0xf5, true, false }, { 0x75, true, false }, { 0x2a, true, false },
	};
	uint8_t frame[BLOCK];

	for (unsigned i = 0; i < sizeof octets / sizeof *octets; i++) {
		begin(NULL);
		stand_still(58);
		blocks(600, 1000);
		memset(frame, octets[i].alaw ? 0xd5 : 0xff, sizeof frame);
		frame[i] = octets[i].octet;
		ahead_read(&ahead, card.due, BLOCK);
		assert_int_equal(ahead_write(&ahead, frame, BLOCK,
					     octets[i].alaw) < BLOCK, octets[i].cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_is_in_time_loses_nothing, begin),
		cmocka_unit_test_setup(blocks_are_left_out_for_silence_that_was_played,
				       begin),
		cmocka_unit_test_setup(what_is_left_goes_where_the_voice_pauses, begin),
		cmocka_unit_test_setup(a_rush_does_not_delay_the_whole_call, begin),
		cmocka_unit_test_setup(lateness_that_lasts_is_covered, begin),
		cmocka_unit_test_setup(a_slow_machine_loses_little, begin),
		cmocka_unit_test_setup(clocks_that_differ_cost_nothing, begin),
		cmocka_unit_test_setup(a_card_that_stood_still_is_no_reason, begin),
		cmocka_unit_test_setup(who_did_not_write_loses_nothing_later, begin),
		cmocka_unit_test_setup(only_quiet_is_cut, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
