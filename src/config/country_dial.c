/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The prefixes of international numbers, all of them, and which of a country's
 * own numbers are expensive: for the toll-fraud guard. From the ITU-T list of dialling procedures (E.164
 * annex, operational bulletin 994) and the national numbering plans. "x" is any
 * digit. Premium ranges are national numbers without their prefix; services are
 * as dialled. What is not known here is not refused.
 */
#include <string.h>

#include "config/country.h"

/* The parts of +1 that are other countries, and dear ones. */
#define CARIBBEAN "242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 " \
		  "809 829 849 868 869 876"

static const struct {
	const char *code;
	struct dial_plan plan;
} plans[] = {
	{ "ae", { "00", 9, "900", "", "" } },
	{ "ar", { "00", 11, "600 609", "", "" } },
	{ "at", { "00", 13, "900 901 930 931 939", "118", "" } },
	{ "au", { "0011 0014 0018", 10, "190", "190", "" } },
	{ "be", { "00", 9, "90", "", "" } },
	{ "bg", { "00", 9, "90", "", "" } },
	{ "br", { "00xx", 11, "900 300", "", "" } },
	{ "ca", { "011", 10, "900", "", CARIBBEAN } },
	{ "ch", { "00", 9, "900 901 906", "18", "" } },
	{ "cl", { "00 1xx0 1xxx0", 9, "700", "", "" } },
	{ "cn", { "00", 12, "", "", "" } },
	{ "cr", { "00", 8, "900", "", "" } },
	{ "cz", { "00", 9, "90", "", "" } },
	{ "de", { "00", 11, "900 190", "118", "" } },
	{ "dk", { "00", 8, "90", "18", "" } },
	{ "ee", { "00", 10, "900", "", "" } },
	{ "es", { "00", 9, "803 806 807 905 907", "118", "" } },
	{ "fi", { "00 990 99x", 12, "600 606 700", "", "" } },
	{ "fr", { "00", 9, "89", "118", "" } },
	{ "gb", { "00", 10, "9 871 872 873 70", "118", "" } },
	{ "gr", { "00", 10, "90", "", "" } },
	{ "hu", { "00", 9, "90 91", "", "" } },
	{ "il", { "00 01x", 10, "", "1900 1901 1902 1919", "" } },
	{ "in", { "00", 10, "", "", "" } },
	{ "it", { "00", 12, "89 166 144", "", "" } },
	{ "jp", { "010 00xx010 00xxx010", 10, "990", "", "" } },
	{ "lt", { "00", 8, "90", "", "" } },
	{ "mo", { "00", 8, "", "", "" } },
	{ "mx", { "00", 10, "900", "", "" } },
	{ "my", { "00", 10, "", "1600", "" } },
	{ "nl", { "00", 11, "90", "18xx", "" } },
	{ "no", { "00", 12, "82", "18xx", "" } },
	{ "nz", { "00", 10, "900", "", "" } },
	{ "pa", { "00", 8, "900", "", "" } },
	{ "ph", { "00", 10, "", "", "" } },
	{ "pl", { "00", 9, "70", "", "" } },
	{ "pt", { "00", 9, "60 64 76", "", "" } },
	{ "ru", { "810", 10, "803 809", "", "" } },
	{ "se", { "00", 10, "900 939 944", "118", "" } },
	{ "sg", { "00x 01x 02x", 11, "", "1900", "" } },
	{ "th", { "00x", 9, "", "1900", "" } },
	{ "tr", { "00", 10, "900", "", "" } },
	{ "tw", { "00x 01x", 9, "204 209", "", "" } },
	{ "us", { "011", 10, "900", "", CARIBBEAN } },
	{ "ve", { "00", 10, "900", "", "" } },
	{ "za", { "00", 9, "", "", "" } },
};

/* Another name, or another time, of a country that is there. */
static const char *same_as(const char *code)
{
	if (!strcmp(code, "uk"))
		return "gb";
	return !strcmp(code, "us-old") ? "us" : code;
}

const struct dial_plan *country_dial_plan(const char *code)
{
	static const struct dial_plan none = { "", 15, "", "", "" };

	code = same_as(code);
	for (size_t i = 0; i < sizeof(plans) / sizeof(*plans); i++)
		if (!strcmp(plans[i].code, code))
			return &plans[i].plan;
	return &none;
}
