/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The DTMF receiver against ITU-T Q.24 annex A: what it must take and must not
 * (of frequency the library has 1.2 % everywhere, 1.5 % for most digits only);
 * beside a dial tone that comes back from a hybrid 6 dB weaker. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "media/digits.h"
#include "media/osc.h"

static const char all[] = "123A456B789C*0#D";
static const double low[4] = { 697, 770, 852, 941 };
static const double high[4] = { 1209, 1336, 1477, 1633 };

/* How a digit is sent; zeros: as it should be, 60 ms of -10 dBm0 each. */
struct sent {
	double off_low, off_high;	/* frequency error */
	double level;			/* dBm0 of the lower tone */
	double twist;			/* dB, the higher tone above the lower */
	unsigned ms, pause_ms;
	double dial_tone;		/* dBm0 of each of 350 and 440 Hz; 0 none */
};

static int16_t pcm[8000 * 8];

static double wave(double hz, double dbm0, size_t i)
{
	return dbm0 ? OSC_DBM0_PEAK * pow(10, dbm0 / 20) *
		      sin(2 * M_PI * hz * (double)i / 8000) : 0;
}

static size_t make(const struct sent *s)
{
	double level = s->level ? s->level : -10;
	unsigned on = (s->ms ? s->ms : 60) * 8;
	unsigned off = (s->pause_ms ? s->pause_ms : 60) * 8;
	size_t n = 0;

	memset(pcm, 0, sizeof(pcm));
	for (unsigned d = 0; d < 16; d++) {
		n += off;
		for (unsigned i = 0; i < on; i++, n++)
			pcm[n] = (int16_t)(wave(low[d / 4] * (1 + s->off_low), level, n) +
				 wave(high[d % 4] * (1 + s->off_high),
				      level + s->twist, n));
	}
	n += 1200;
	for (size_t i = 0; i < n; i++)
		pcm[i] = (int16_t)(pcm[i] + wave(350, s->dial_tone, i) +
				   wave(440, s->dial_tone, i));
	return n;
}

static void hear(const struct sent *s, char heard[64])
{
	size_t n = make(s), count = 0;
	struct digits d;

	assert_in_range(n, 1, sizeof(pcm) / sizeof(*pcm) - 80);
	assert_int_equal(digits_init(&d, 0, 0), 0);
	for (size_t at = 0; at < n; at += 80) {
		digits_run(&d, pcm + at, 80);
		for (unsigned i = 0; i < d.changes; i++)
			if (d.change[i].began && count < 63)
				heard[count++] = d.change[i].digit;
	}
	heard[count] = '\0';
	digits_fini(&d);
}

static void takes_what_it_must(void **state)
{
	static const struct { const char *what; struct sent s; } rows[] = {
		{ "plain", { .ms = 60 } },
		{ "+1.2 %", { .off_low = .012, .off_high = .012 } },
		{ "-1.2 %", { .off_low = -.012, .off_high = -.012 } },
		{ "1.2 % apart", { .off_low = .012, .off_high = -.012 } },
		{ "-25 dBm0", { .level = -25 } },
		{ "-3 dBm0", { .level = -3 } },
		{ "higher tone 4 dB up", { .twist = 4 } },
		{ "higher tone 8 dB down", { .twist = -8 } },
		{ "40 ms and 40 ms", { .ms = 40, .pause_ms = 40 } },
		{ "dial tone of -16 dBm0 through 6 dB", { .dial_tone = -22 } },
		{ "weak beside it", { .level = -20, .dial_tone = -22, .ms = 80 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char heard[64];

		hear(&rows[i].s, heard);
		if (strcmp(heard, all))
			fail_msg("%s: \"%s\"", rows[i].what, heard);
	}
}

static void takes_nothing_that_it_must_not(void **state)
{
	static const struct { const char *what; struct sent s; } rows[] = {
		{ "+3.5 %", { .off_low = .035, .off_high = .035 } },
		{ "-3.5 %", { .off_low = -.035, .off_high = -.035 } },
		{ "3.5 % of the higher", { .off_high = -.035 } },
		{ "-45 dBm0", { .level = -45 } },
		{ "20 ms", { .ms = 20 } },
		{ "one tone only", { .twist = -40 } },
		{ "dial tone alone", { .level = -80, .dial_tone = -10 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char heard[64];

		hear(&rows[i].s, heard);
		if (*heard)
			fail_msg("%s: \"%s\"", rows[i].what, heard);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_it_must),
		cmocka_unit_test(takes_nothing_that_it_must_not),
	};

	osc_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
