/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Frames as they come from a wire: whole, mended, dropped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "isdn/frame.h"
#include "isdn/watch.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static size_t from_hex(uint8_t *to, const char *hex)
{
	size_t n = 0;

	for (; *hex; hex++) {
		unsigned octet;

		if (*hex == ' ')
			continue;
		assert_int_equal(sscanf(hex++, "%2x", &octet), 1);
		to[n++] = (uint8_t)octet;
	}
	return n;
}

static void test_layer2(void **state)
{
	static const struct { const char *frame; enum frame_verdict want; }
	rows[] = {
		{ "02 01 7f", FRAME_WHOLE },		/* SABME */
		{ "00 01 7f", FRAME_WHOLE },
		{ "02 01 73", FRAME_WHOLE },		/* UA */
		{ "02 01 1f", FRAME_WHOLE },		/* DM */
		{ "02 01 53", FRAME_WHOLE },		/* DISC */
		{ "02 01 01 0a", FRAME_WHOLE },		/* RR */
		{ "02 01 05 0b", FRAME_WHOLE },		/* RNR */
		{ "02 01 09 0a", FRAME_WHOLE },		/* REJ */
		{ "02 01 97 00 00 00 00 01", FRAME_WHOLE },	/* FRMR */
		{ "02 01 00 02 08 02 00 01 45 08 02 80 90", FRAME_WHOLE },
		{ "", FRAME_DROPPED }, { "02", FRAME_DROPPED },
		{ "02 01", FRAME_DROPPED },
		{ "02 01 01", FRAME_DROPPED },		/* RR in two octets */
		{ "02 01 01 0a 00", FRAME_DROPPED },
		{ "02 01 0d 0a", FRAME_DROPPED },	/* no such S frame */
		{ "02 01 11 0a", FRAME_DROPPED },
		{ "02 01 7f 00", FRAME_DROPPED },	/* SABME with more */
		{ "02 01 97 00", FRAME_DROPPED },
		{ "02 01 2f", FRAME_DROPPED },		/* SABM: modulo 8 */
		{ "02 01 03 08 02", FRAME_DROPPED },	/* UI */
		{ "02 01 af 00", FRAME_DROPPED },	/* XID */
		{ "fe ff 03 0f 00 00 04 ff", FRAME_DROPPED },	/* TEI management */
		{ "02 03 7f", FRAME_DROPPED },		/* TEI 1 */
		{ "03 01 7f", FRAME_DROPPED },		/* EA */
		{ "02 00 7f", FRAME_DROPPED },
		{ "06 01 7f", FRAME_DROPPED },		/* SAPI 1 */
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t f[FRAME_LEAST + 64];
		size_t n = from_hex(f, rows[i].frame);
		struct frame_check c = frame_check(f, &n);

		if (c.verdict != rows[i].want)
			fail_msg("%s: %d, %s", rows[i].frame, c.verdict, c.what);
		assert_int_equal(!*c.what, c.verdict == FRAME_WHOLE);
	}
}

static void test_layer3(void **state)
{
	/* Behind the I frame's head of 02 01 00 02; after NULL: unchanged. */
	static const struct { const char *before, *after; int element; } rows[] = {
		/* Whole. */
		{ "08 02 00 01 05 04 03 80 90 a3 18 03 a9 83 81 70 03 80 31 32",
		  NULL, -1 },
		{ "08 02 00 00 46 79 01 87", NULL, -1 },
		{ "08 02 00 00 46 18 03 a9 83 81 79 01 80", NULL, -1 },
		{ "03 02 00 00 07 01 01 c0 18 03 a9 83 81", NULL, -1 },
		{ "08 02 80 01 07 a1", NULL, -1 },
		{ "08 02 80 01 07 96 08 01 00", NULL, -1 },	/* codeset 6 */
		{ "08 02 80 01 07 28 00", NULL, -1 },
		{ "08 00 62 1c 01 91", NULL, -1 },
		/* Multirate; channels as a map; an interface of its own. */
		{ "08 02 00 01 05 04 04 88 98 82 a3", NULL, -1 },
		{ "08 02 00 01 05 18 06 a9 93 00 00 00 02", NULL, -1 },
		{ "08 02 00 01 05 18 04 e9 81 83 05", "08 02 00 01 05", 0x18 },
		{ "08 02 00 01 05 18 04 e9 81 83 85", NULL, -1 },
		/* Not to be read at all. */
		{ "", "00 00 00", -1 }, { "08", "00 00 00", -1 },
		{ "08 02", "00 00 00", -1 }, { "08 02 00 01", "00 00 00", -1 },
		{ "08 0f 00 01 05", "00 00 00", -1 },
		{ "08 12 00 01 05", "00 00 00", -1 },
		{ "08 03 00 00 01 05", "00 00 00", -1 },
		{ "41 02 00 01 05", "00 00 00", -1 },
		{ "08 02 00 01 85", "00 00 00", -1 },
		/* Elements that do not fit. */
		{ "08 02 80 01 45 08", "08 02 80 01 45", 0x08 },
		{ "08 02 80 01 45 08 02 80", "08 02 80 01 45", 0x08 },
		{ "08 02 80 01 45 08 02 80 90 28 ff 41",
		  "08 02 80 01 45 08 02 80 90", 0x28 },
		{ "08 02 80 01 45 08 01 80 28 01 41",
		  "08 02 80 01 45 28 01 41", 0x08 },
		{ "08 02 80 01 45 08 02 00 00 28 01 41",
		  "08 02 80 01 45 28 01 41", 0x08 },
		{ "08 02 00 01 05 04 01 80", "08 02 00 01 05", 0x04 },
		{ "08 02 00 01 05 04 00", "08 02 00 01 05", 0x04 },
		{ "08 02 00 01 05 04 02 88 98", "08 02 00 01 05", 0x04 },
		{ "08 02 00 01 05 18 01 a9", "08 02 00 01 05", 0x18 },
		{ "08 02 00 01 05 18 02 a9 93", "08 02 00 01 05", 0x18 },
		{ "08 02 00 01 05 18 01 e9", "08 02 00 01 05", 0x18 },
		{ "08 02 00 01 05 6c 02 21 00", "08 02 00 01 05", 0x6c },
		{ "08 02 00 01 05 70 00", "08 02 00 01 05", 0x70 },
		{ "08 02 80 01 03 1e 01 80", "08 02 80 01 03", 0x1e },
		{ "08 02 00 00 46 79 02 00 00", "08 02 00 00 46", 0x79 },
		{ "08 02 80 01 7d 14 02 0a 0a", "08 02 80 01 7d", 0x14 },
		/* The shift that belongs to it goes with it; one back stays out. */
		{ "08 02 80 01 07 98 08 01 80 28 01 41",
		  "08 02 80 01 07 28 01 41", 0x08 },
		{ "08 02 80 01 07 95 90 28 01 41",
		  "08 02 80 01 07 95 28 01 41", 0x590 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t f[4 + 64] = { 2, 1, 0, 2 }, want[64];
		size_t n = 4 + from_hex(f + 4, rows[i].before), was = n;
		size_t expected = rows[i].after ? from_hex(want, rows[i].after) :
						  n - 4;
		struct frame_check c;

		if (!rows[i].after)
			memcpy(want, f + 4, n - 4);
		c = frame_check(f, &n);
		if (c.verdict != (rows[i].after ? FRAME_MENDED : FRAME_WHOLE) ||
		    n != 4 + expected || memcmp(f + 4, want, expected) ||
		    c.element != rows[i].element)
			fail_msg("%s: %d, %s, element %x, %zu of %zu octets",
				 rows[i].before, c.verdict, c.what, c.element, n,
				 was);
		/* Its N(S) and N(R) stay: it is acknowledged. */
		assert_memory_equal(f, "\x02\x01\x00\x02", 4);
		assert_int_equal(frame_check(f, &n).verdict, n == 7 && !f[4] ?
				 FRAME_MENDED : FRAME_WHOLE);
	}
}

/* Longer than layer 2 has agreed on. */
static void test_long(void **state)
{
	uint8_t f[4 + 261 + 40] = { 2, 1, 0, 2, 8, 2, 0x80, 1, 0x20, 0x7e, 251 };
	size_t n = 4 + 260;

	assert_int_equal(frame_check(f, &n).verdict, FRAME_WHOLE);
	assert_int_equal(n, 4 + 260);
	n = 4 + 261;
	assert_int_equal(frame_check(f, &n).verdict, FRAME_MENDED);
	assert_int_equal(n, 7);
}

static void pass(struct link_watch *w, const char *hex, bool sent, bool up)
{
	uint8_t f[16];

	link_watch_frame(w, f, from_hex(f, hex), sent);
	if (w->up != up)
		fail_msg("after %s %s the link is %s", hex,
			 sent ? "sent" : "received", w->up ? "up" : "down");
}

static void test_watch(void **state)
{
	struct link_watch w = { .up = false };

	/* Ours is answered; theirs; both cross. */
	pass(&w, "02 01 7f", true, false);
	pass(&w, "02 01 73", false, true);
	pass(&w, "00 01 7f", false, true);
	pass(&w, "00 01 73", true, true);
	pass(&w, "02 01 7f", true, false);
	pass(&w, "00 01 7f", false, false);
	pass(&w, "00 01 73", true, false);
	pass(&w, "02 01 73", false, true);
	/* Ended by them: the UA for a DISC is no UA for a SABME. */
	pass(&w, "00 01 53", false, false);
	pass(&w, "00 01 73", true, false);
	pass(&w, "00 01 7f", false, false);
	pass(&w, "00 01 73", true, true);
	/* A stray UA or DM means nothing, what we send does. */
	pass(&w, "02 01 73", false, true);
	pass(&w, "02 01 1f", false, true);
	pass(&w, "02 01 1f", true, false);
	pass(&w, "02 01 73", false, false);
	pass(&w, "02 01 01 0a", false, false);
	pass(&w, "02 01 01 0a", true, true);
	pass(&w, "02 01", false, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layer2),
		cmocka_unit_test(test_layer3),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
