/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * law.h - ITU-T G.711 mu-law and A-law by table. Mu-law minus zero survives
 * decoding and encoding, so an untouched path is transparent to each octet.
 */
#ifndef MEDIA_LAW_H
#define MEDIA_LAW_H

#include <stddef.h>
#include <stdint.h>

#include "tipring/driver.h"

extern int16_t law_from_ulaw[256], law_from_alaw[256];
extern uint8_t law_to_ulaw[16384], law_to_alaw[8192];

/* Fills the tables; before anything else, once (more often is harmless as long
 * as nobody is using them). */
void law_init(void);

static inline uint8_t law_ulaw(int16_t s)
{
	return law_to_ulaw[(uint16_t)s >> 2];
}

static inline uint8_t law_alaw(int16_t s)
{
	return law_to_alaw[(uint16_t)s >> 3];
}

/* n samples between linear and a port's or a packet's own format. */
void law_decode(enum audio_format, const void *from, int16_t *to, size_t n);
void law_encode(enum audio_format, const int16_t *from, void *to, size_t n);

#endif
