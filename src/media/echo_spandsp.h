/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * echo_spandsp.h - the canceller of spandsp behind echo.h's functions. Units
 * and threads as there; taps are samples.
 */
#ifndef MEDIA_ECHO_SPANDSP_H
#define MEDIA_ECHO_SPANDSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *echo_spandsp_new(size_t taps, bool nlp);	/* NULL: no memory */
void echo_spandsp_free(void *);			/* NULL is legal */
void echo_spandsp_reset(void *);
void echo_spandsp_run(void *, const int16_t *tx, int16_t *rx, size_t n);

#endif
