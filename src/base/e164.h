/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * e164.h - a telephone number as people dial it and as ITU-T E.164 has it.
 * What cannot be told for sure stays as it is: short numbers (services,
 * extensions, emergencies), local ones without their area code, and whatever
 * has a '*', a '#' or a letter in it. Pure.
 */
#ifndef BASE_E164_H
#define BASE_E164_H

#include <stdbool.h>

#include "tipring/party.h"

/* Of a country; "": it has none. */
struct e164_plan {
	const char *country_code;		/* "49" */
	const char *national_prefix;		/* "0" */
	const char *international_prefix;	/* "00" */
};

/* "+15551230001" of a number that was dialled or came in any format. False: it
 * cannot be told, and out is the number as it was. bare: digits alone, without
 * any prefix, begin with a country code. */
bool e164_read(char out[PARTY_NUMBER_SIZE], const char *number,
	       const struct e164_plan *, bool bare);

/* A number in a format; any but E.164 with its '+' stays as it is. */
void e164_write(char out[PARTY_NUMBER_SIZE], const char *number,
		enum number_format, const struct e164_plan *);

#endif
