/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "isdn/map.h"

#include <stdio.h>
#include <string.h>

void number_read(char out[PARTY_NUMBER_SIZE], const char *digits, int plan,
		 const struct e164_plan *p)
{
	/* The longest prefix is '+' and a country code of three digits, or a
	 * configured one: the rest must fit behind it. */
	char clean[PARTY_NUMBER_SIZE - 16];
	int type = plan >> 4 & 7;
	size_t n;

	/* Some send the '+' of an international number as a digit. */
	if (digits[0] == '+') {
		digits++;
		type = PRI_TON_INTERNATIONAL;
	}
	n = strspn(digits, "0123456789*#ABCD");
	if (n >= sizeof(clean))
		n = sizeof(clean) - 1;
	memcpy(clean, digits, n);
	clean[n] = '\0';
	if (!n || strpbrk(clean, "*#ABCD")) {
		snprintf(out, PARTY_NUMBER_SIZE, "%s", clean);
	} else if (type == PRI_TON_INTERNATIONAL) {
		snprintf(out, PARTY_NUMBER_SIZE, "+%s", clean);
	} else if (type == PRI_TON_NATIONAL && p && p->country_code[0]) {
		/* North American exchanges send ten digits as well as eleven. */
		const char *bare = !strcmp(p->country_code, "1") && n == 11 &&
				   clean[0] == '1' ? clean + 1 : clean;

		snprintf(out, PARTY_NUMBER_SIZE, "+%.7s%s", p->country_code, bare);
	} else if (type == PRI_TON_NATIONAL && p) {
		snprintf(out, PARTY_NUMBER_SIZE, "%.7s%s", p->national_prefix,
			 clean);
	} else {
		snprintf(out, PARTY_NUMBER_SIZE, "%s", clean);
	}
}

int number_write(char digits[PARTY_NUMBER_SIZE], const char *number,
		 enum number_type type, const struct e164_plan *p)
{
	char e164[PARTY_NUMBER_SIZE];
	size_t code = p ? strlen(p->country_code) : 0;

	if (type == TYPE_UNKNOWN) {
		if (number[0] == '+' && p)
			e164_write(digits, number, NUMBER_NATIONAL, p);
		else
			snprintf(digits, PARTY_NUMBER_SIZE, "%s",
				 number + (number[0] == '+'));
		return PRI_UNKNOWN;
	}
	if (number[0] == '+')
		snprintf(e164, sizeof(e164), "%s", number);
	else if (!p || !e164_read(e164, number, p, false)) {
		snprintf(digits, PARTY_NUMBER_SIZE, "%s", number);
		return PRI_UNKNOWN;
	}
	if (type == TYPE_BY_NUMBER && code &&
	    !strncmp(e164 + 1, p->country_code, code)) {
		snprintf(digits, PARTY_NUMBER_SIZE, "%s", e164 + 1 + code);
		return PRI_NATIONAL_ISDN;
	}
	snprintf(digits, PARTY_NUMBER_SIZE, "%s", e164 + 1);
	return PRI_INTERNATIONAL_ISDN;
}

static enum presentation presentation_read(int wire)
{
	switch (wire & PRI_PRES_RESTRICTION) {
	case PRI_PRES_ALLOWED:
		return PRESENTATION_ALLOWED;
	case PRI_PRES_UNAVAILABLE:
		return PRESENTATION_UNAVAILABLE;
	default:
		/* What is reserved may mean anything: show nobody. */
		return PRESENTATION_PRIVATE;
	}
}

static int presentation_write(enum presentation p)
{
	static const int wire[] = {
		[PRESENTATION_ALLOWED] = PRI_PRES_ALLOWED,
		[PRESENTATION_PRIVATE] = PRI_PRES_RESTRICTED,
		[PRESENTATION_UNAVAILABLE] = PRI_PRES_UNAVAILABLE,
	};

	return wire[p];
}

void q931_party_read(struct party *p, const struct pri_party_id *id,
		const struct e164_plan *plan)
{
	*p = (struct party){ .presentation = PRESENTATION_UNAVAILABLE };
	if (id->number.valid) {
		p->presentation = presentation_read(id->number.presentation);
		if ((id->number.presentation & PRI_PRES_NUMBER_TYPE) !=
		    PRI_PRES_USER_NUMBER_FAILED_SCREEN)
			number_read(p->number, id->number.str, id->number.plan,
				    plan);
		else if (p->presentation == PRESENTATION_ALLOWED)
			p->presentation = PRESENTATION_UNAVAILABLE;
	}
	if (id->name.valid) {
		name_read(p->name, id->name.str, id->name.char_set);
		/* The stricter of both holds for the party. */
		if (presentation_read(id->name.presentation) ==
		    PRESENTATION_PRIVATE)
			p->presentation = PRESENTATION_PRIVATE;
		else if (p->name[0] &&
			 p->presentation == PRESENTATION_UNAVAILABLE &&
			 !id->number.valid)
			p->presentation = PRESENTATION_ALLOWED;
	}
}

void q931_party_write(struct pri_party_id *id, const struct party *p, bool network,
		 enum number_type type, const struct e164_plan *plan)
{
	int screening = network ? PRI_PRES_NETWORK_NUMBER :
				  PRI_PRES_USER_NUMBER_UNSCREENED;

	memset(id, 0, sizeof(*id));
	if (p->number[0]) {
		id->number.valid = 1;
		id->number.presentation = presentation_write(p->presentation) |
					  screening;
		id->number.plan = number_write(id->number.str, p->number, type,
					       plan);
	} else if (p->presentation == PRESENTATION_PRIVATE) {
		id->number.valid = 1;
		id->number.presentation = PRI_PRES_RESTRICTED | screening;
	}
	/* A name says who it is as well as a number: what is unavailable for one
	 * is not sent for the other. */
	if (p->name[0] && p->presentation != PRESENTATION_UNAVAILABLE) {
		id->name.valid = 1;
		id->name.presentation = presentation_write(p->presentation);
		id->name.char_set = PRI_CHAR_SET_ISO8859_1;
		name_write(id->name.str, sizeof(id->name.str), p->name);
	}
}
