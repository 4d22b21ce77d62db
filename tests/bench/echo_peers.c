/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config.h"

#include <stdlib.h>

#ifdef HAVE_SPEEXDSP
#include <speex/speex_echo.h>
#endif

#include "echo_peers.h"
#include "media/echo.h"

/* ----------------------------------------------------------------- spandsp */

/* As echo = "spandsp" runs it. */
static void *spandsp_make(unsigned ms)
{
	return echo_new(ms, ECHO_SPANDSP);
}

static void spandsp_run(void *c, const int16_t *tx, int16_t *rx, size_t n)
{
	echo_run(c, tx, rx, n);
}

static void spandsp_drop(void *c)
{
	echo_free(c);
}

const struct lab_canceller lab_spandsp = {
	"spandsp", spandsp_make, spandsp_run, spandsp_drop,
};

/* ---------------------------------------------------------------- speexdsp */

#ifdef HAVE_SPEEXDSP
static void *speex_make(unsigned ms)
{
	SpeexEchoState *s = speex_echo_state_init(LAB_FRAME, (int)ms * 8);
	int rate = LAB_RATE;

	if (s)
		speex_echo_ctl(s, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
	return s;
}

static void speex_run(void *c, const int16_t *tx, int16_t *rx, size_t n)
{
	int16_t out[LAB_FRAME];

	for (size_t i = 0; i + LAB_FRAME <= n; i += LAB_FRAME) {
		speex_echo_cancellation(c, rx + i, tx + i, out);
		for (size_t k = 0; k < LAB_FRAME; k++)
			rx[i + k] = out[k];
	}
}

static void speex_drop(void *c)
{
	speex_echo_state_destroy(c);
}

const struct lab_canceller lab_speexdsp = {
	"speexdsp", speex_make, speex_run, speex_drop,
};
#else
const struct lab_canceller lab_speexdsp = { .name = "speexdsp" };
#endif
