/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * What libtonezone does not know of a country: how caller ID is sent on its
 * analog lines, which companding law its network has (ITU-T G.711: mu-law in
 * North America, Japan and Taiwan), the emergency numbers, the calling code of
 * ITU-T E.164, what is dialled before a national number and an international
 * one (Russia's 8~10 without its pause), and between which digits DTMF caller ID
 * comes (EN 300 659-1; KPN's D and C). A line can differ from its country:
 * some exchanges of a country that is down as DTMF send FSK, and the reverse.
 */
#include "config/country.h"

#define BELL CALLERID_BELLCORE
#define ETSI CALLERID_ETSI
#define DTMF CALLERID_DTMF
#define MU AUDIO_MULAW
#define A AUDIO_ALAW

const struct country_row country_rows[] = {
	{ "ae", "ae", "United Arab Emirates", "971", "0", "00", ETSI, "AC", A, { "999", "998", "997", "112" } },
	{ "ar", "ar", "Argentina", "54", "0", "00", BELL, "AC", A, { "911", "100", "101", "107" } },
	{ "at", "at", "Austria", "43", "0", "00", ETSI, "AC", A, { "112", "122", "133", "144" } },
	{ "au", "au", "Australia", "61", "0", "0011", BELL, "AC", A, { "000", "112", "106" } },
	{ "be", "be", "Belgium", "32", "0", "00", ETSI, "AC", A, { "112", "100", "101" } },
	{ "bg", "bg", "Bulgaria", "359", "0", "00", ETSI, "AC", A, { "112" } },
	{ "br", "br", "Brazil", "55", "0", "00", DTMF, "AC", A, { "190", "192", "193" } },
	{ "ca", "us", "Canada", "1", "1", "011", BELL, "AC", MU, { "911" } },
	{ "ch", "ch", "Switzerland", "41", "0", "00", ETSI, "AC", A, { "112", "117", "118", "144" } },
	{ "cl", "cl", "Chile", "56", "", "00", BELL, "AC", A, { "131", "132", "133" } },
	{ "cn", "cn", "China", "86", "0", "00", BELL, "AC", A, { "110", "119", "120", "122" } },
	{ "cr", "cr", "Costa Rica", "506", "", "00", BELL, "AC", A, { "911" } },
	{ "cz", "cz", "Czech Republic", "420", "", "00", ETSI, "AC", A, { "112", "150", "155", "158" } },
	{ "de", "de", "Germany", "49", "0", "00", ETSI, "AC", A, { "112", "110" } },
	{ "dk", "dk", "Denmark", "45", "", "00", DTMF, "AC", A, { "112" } },
	{ "ee", "ee", "Estonia", "372", "", "00", ETSI, "AC", A, { "112", "110" } },
	{ "es", "es", "Spain", "34", "", "00", ETSI, "AC", A, { "112", "061", "062", "080", "091", "092" } },
	{ "fi", "fi", "Finland", "358", "0", "00", DTMF, "AC", A, { "112" } },
	{ "fr", "fr", "France", "33", "0", "00", ETSI, "AC", A, { "112", "15", "17", "18" } },
	{ "gb", "uk", "United Kingdom", "44", "0", "00", CALLERID_UK, "AC", A, { "999", "112" } },
	{ "gr", "gr", "Greece", "30", "", "00", ETSI, "AC", A, { "112", "100", "166", "199" } },
	{ "hu", "hu", "Hungary", "36", "06", "00", ETSI, "AC", A, { "112", "104", "105", "107" } },
	{ "il", "il", "Israel", "972", "0", "00", ETSI, "AC", A, { "100", "101", "102", "112" } },
	{ "in", "in", "India", "91", "0", "00", DTMF, "AC", A, { "112", "100", "101", "102", "108" } },
	{ "it", "it", "Italy", "39", "", "00", ETSI, "AC", A, { "112", "113", "115", "118" } },
	{ "jp", "jp", "Japan", "81", "0", "010", CALLERID_JAPAN, "AC", MU, { "110", "118", "119" } },
	{ "lt", "lt", "Lithuania", "370", "0", "00", ETSI, "AC", A, { "112" } },
	{ "mo", "mo", "Macao", "853", "", "00", ETSI, "AC", A, { "999", "110", "112" } },
	{ "mx", "mx", "Mexico", "52", "", "00", BELL, "AC", A, { "911" } },
	{ "my", "my", "Malaysia", "60", "0", "00", BELL, "AC", A, { "999", "112" } },
	{ "nl", "nl", "Netherlands", "31", "0", "00", DTMF, "DC", A, { "112" } },
	{ "no", "no", "Norway", "47", "", "00", ETSI, "AC", A, { "112", "110", "113" } },
	{ "nz", "nz", "New Zealand", "64", "0", "00", BELL, "AC", A, { "111" } },
	{ "pa", "pa", "Panama", "507", "", "00", BELL, "AC", A, { "911", "103", "104" } },
	{ "ph", "ph", "Philippines", "63", "0", "00", BELL, "AC", MU, { "911" } },
	{ "pl", "pl", "Poland", "48", "", "00", ETSI, "AC", A, { "112", "997", "998", "999" } },
	{ "pt", "pt", "Portugal", "351", "", "00", ETSI, "AC", A, { "112" } },
	{ "ru", "ru", "Russian Federation", "7", "8", "810", ETSI, "AC", A, { "112", "101", "102", "103" } },
	{ "se", "se", "Sweden", "46", "0", "00", DTMF, "AC", A, { "112" } },
	{ "sg", "sg", "Singapore", "65", "", "001", BELL, "AC", A, { "999", "995" } },
	{ "th", "th", "Thailand", "66", "0", "001", BELL, "AC", A, { "191", "199", "1669" } },
	{ "tr", "tr", "Turkey", "90", "0", "00", ETSI, "AC", A, { "112" } },
	{ "tw", "tw", "Taiwan", "886", "0", "002", DTMF, "DC", MU, { "110", "119" } },
	{ "uk", "uk", "United Kingdom", "44", "0", "00", CALLERID_UK, "AC", A, { "999", "112" } },
	{ "us", "us", "United States", "1", "1", "011", BELL, "AC", MU, { "911" } },
	{ "us-old", "us-old", "United States, about 1950", "1", "1", "011", BELL, "AC", MU, { "911" } },
	{ "ve", "ve", "Venezuela", "58", "0", "00", BELL, "AC", A, { "911", "171" } },
	{ "za", "za", "South Africa", "27", "0", "00", ETSI, "AC", A, { "112", "10111", "10177" } },
};

const size_t country_row_count = sizeof(country_rows) / sizeof(*country_rows);

_Static_assert(sizeof(country_rows) / sizeof(*country_rows) <= COUNTRY_ROWS_MOST,
	       "more countries than there is room for");
