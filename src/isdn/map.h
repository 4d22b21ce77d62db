/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * map.h - what Q.931 says in its own terms, and the same in ours. Pure.
 */
#ifndef ISDN_MAP_H
#define ISDN_MAP_H

#include <libpri.h>
#include <stdbool.h>

#include "base/e164.h"
#include "tipring/cause.h"
#include "tipring/driver.h"
#include "tipring/party.h"

/* What a call's bearer is for (Q.931 4.5.5). */
enum bearer {
	BEARER_SPEECH,		/* voice; the network may treat it as such */
	BEARER_AUDIO,		/* 3.1 kHz: voice, fax, modem */
	BEARER_DATA,		/* unrestricted 64 kbit/s, bit by bit */
};

/* capability: PRI_TRANS_CAP_*; layer1: PRI_LAYER_1_* or 0 or negative. False:
 * such a call cannot be carried, *why is the cause to refuse it with. */
bool bearer_read(enum bearer *, int capability, int layer1, enum cause *why);
/* For pri_sr_set_bearer(). */
void bearer_write(int *capability, int *layer1, enum bearer,
		  enum audio_format law);

/* A cause from the wire, 0 or nonsense included; and for it, by DISCONNECT: what
 * libpri would send otherwise (6, 7, 26, 81) becomes the next best. */
enum cause cause_read(int cause);
int cause_write(enum cause);

/* Whether a message with these progress indicators (PRI_PROG_*, Q.931 4.5.23)
 * announces sound before the answer: tones, or a network that may give some
 * (Q.931 5.1.6). */
bool progress_has_sound(int mask);

/* Numbers. A type of number is as sure as the digits; without one a number is
 * what somebody dialled, and comes and goes as it is. */
enum number_type {
	TYPE_BY_NUMBER,		/* +E.164: national of our country, else
				   international; others unknown */
	TYPE_UNKNOWN,		/* always unknown: as it is dialled, with prefixes */
	TYPE_INTERNATIONAL,	/* always international where it can be told */
};

/* plan: type of number and numbering plan as libpri has them (Q.931 4.5.8 and
 * 4.5.10). A national number becomes +E.164 when the country is known, and gets
 * its national prefix otherwise. Digits that no number has end it. */
void number_read(char out[PARTY_NUMBER_SIZE], const char *digits, int plan,
		 const struct e164_plan *);
/* Returns the plan; digits: 64 octets, as libpri's. */
int number_write(char digits[PARTY_NUMBER_SIZE], const char *number,
		 enum number_type, const struct e164_plan *);

/* Calling, connected and redirecting party. An identity that is not valid gives
 * an empty party. A number that failed its screening is nobody's. */
void q931_party_read(struct party *, const struct pri_party_id *,
		const struct e164_plan *);
/* network: we are the network side, our numbers are network provided, else
 * user provided and not screened. A party without a number and a name gives an
 * identity that is not valid, unless it is private. */
void q931_party_write(struct pri_party_id *, const struct party *, bool network,
		 enum number_type, const struct e164_plan *);

/* Names in the character sets that QSIG and ROSE know, and UTF-8. What the other
 * cannot write is '?'; control characters are left out. */
void name_read(char out[PARTY_NAME_SIZE], const char *name, int char_set);
/* size bytes of out are used, with the ending zero. */
void name_write(char *out, size_t size, const char *name);

/* The redirecting number and why (Q.931 4.6.7, Q.952). */
enum diversion_reason redirection_read(int reason);
int redirection_write(enum diversion_reason);

#endif
