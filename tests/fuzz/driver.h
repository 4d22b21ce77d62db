/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * driver.h - what a fuzz target offers: libFuzzer's entry, and a word about
 * itself for driver.c.
 */
#ifndef FUZZ_DRIVER_H
#define FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/* Eats the bytes; a fault is a crash or an abort. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const char fuzz_name[];	/* and its directory below tests/fuzz/seeds */
/* Pieces that mutations put in, the last one NULL. */
extern const char *const fuzz_words[];

#endif
