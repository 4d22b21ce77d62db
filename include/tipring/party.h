/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * party.h - who calls and who is called: a number, a name, and whether they
 * may be shown.
 *
 * A number is what stands in signalling: an optional '+', then digits, '*',
 * '#' or A-D. A name is UTF-8. Both are empty when unknown.
 */
#ifndef TIPRING_PARTY_H
#define TIPRING_PARTY_H

#define PARTY_NUMBER_SIZE 64	/* bytes, with the ending zero */
#define PARTY_NAME_SIZE 80	/* bytes, with the ending zero */

/* Bellcore GR-31 and ETSI EN 300 659-3 tell private ("P") from unavailable
 * ("O"); SIP says Privacy: id for the first and no identity for the second. */
enum presentation {
	PRESENTATION_ALLOWED,
	PRESENTATION_PRIVATE,
	PRESENTATION_UNAVAILABLE,
};

/* How a number is written: as it is; +15551230001; 15551230001; as it is
 * dialled inside the country (North America: ten digits), numbers of other
 * countries with the international prefix. */
enum number_format {
	NUMBER_UNCHANGED,
	NUMBER_PLUS_E164,
	NUMBER_E164,
	NUMBER_NATIONAL,
};

/* Why a call was sent on (RFC 5806 section 4; RFC 4458 section 2). */
enum diversion_reason {
	DIVERSION_UNKNOWN,
	DIVERSION_UNCONDITIONAL,
	DIVERSION_BUSY,
	DIVERSION_NO_ANSWER,
	DIVERSION_DEFLECTION,
	DIVERSION_UNAVAILABLE,
};

struct party {
	char number[PARTY_NUMBER_SIZE];
	char name[PARTY_NAME_SIZE];
	enum presentation presentation;
};

#endif
