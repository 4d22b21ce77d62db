/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo-test.h - what the tests of the canceller share: a run over one of G.168's
 * lines and figures that must be reached. Figures in dB are for 64 ms, an echo
 * return loss of 6 dB, mu-law both ways and no non-linear processor, unless a
 * test says otherwise. Mu-law allows 36 to 37.
 */
#ifndef UNIT_ECHO_TEST_H
#define UNIT_ECHO_TEST_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "echo_lab.h"
#include "media/echo.h"

#define S LAB_RATE
#define LONGEST (12 * S)
#define CSS 2800		/* a period of the composite source signal */

static int16_t far[LONGEST], near[LONGEST], tx[LONGEST], out[LONGEST];
static double echo[LONGEST];
static struct lab_path path;

static inline struct lab_run run_of(size_t n)
{
	return (struct lab_run){
		.canceller = &lab_builtin, .ms = 64, .path = &path, .far = far,
		.n = n, .tx = tx, .echo = echo, .out = out,
	};
}

static inline void go(const struct lab_run *r)
{
	assert_int_equal(lab_go(r), 0);
}

/* Many figures of one kind. */
struct figure {
	double sum, least;
	unsigned count;
};

static inline void note(struct figure *f, double db)
{
	assert_true(isfinite(db));
	if (!f->count || db < f->least)
		f->least = db;
	f->sum += db;
	f->count++;
}

static inline void expect(const char *name, const struct figure *f, double mean,
		   double least)
{
	if (f->sum / f->count < mean || f->least < least)
		fail_msg("%s: mean %.1f dB, least %.1f; wanted %.0f and %.0f",
			 name, f->sum / f->count, f->least, mean, least);
}

/* near talks from second 5 to 9. */
static inline void near_from_5_to_9(double dbm0)
{
	memset(near, 0, sizeof near);
	if (!lab_speech(near + 5 * S, 4 * S, dbm0, 1))
		lab_babble(near + 5 * S, 4 * S, dbm0, 99);
}

#endif
