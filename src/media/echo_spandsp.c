/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo_spandsp.c - spandsp's canceller in place of ours, for comparison. Some
 * builds of the library print two lines a sample; they go nowhere.
 */
#include "media/echo_spandsp.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include <spandsp.h>

static _Thread_local bool muted;

/* The library calls this by name, and the program's definition goes before the
 * C library's. Everybody else's output passes. */
int __printf_chk(int flag, const char *format, ...);
int __printf_chk(int flag, const char *format, ...)
{
	va_list args;
	int n;

	if (muted)
		return 0;
	va_start(args, format);
	n = vprintf(format, args);
	va_end(args);
	return n;
}

void *echo_spandsp_new(size_t taps, bool nlp)
{
	int mode = ECHO_CAN_USE_ADAPTION;

	if (nlp)
		mode |= ECHO_CAN_USE_NLP | ECHO_CAN_USE_CNG | ECHO_CAN_USE_CLIP;
	return echo_can_init((int)taps, mode);
}

void echo_spandsp_free(void *canceller)
{
	if (canceller)
		echo_can_free(canceller);
}

void echo_spandsp_reset(void *canceller)
{
	echo_can_flush(canceller);
}

void echo_spandsp_run(void *canceller, const int16_t *tx, int16_t *rx, size_t n)
{
	muted = true;
	for (size_t i = 0; i < n; i++)
		rx[i] = echo_can_update(canceller, tx[i], rx[i]);
	muted = false;
}
