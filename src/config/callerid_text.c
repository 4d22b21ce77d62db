/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "config/country.h"

const struct callerid_row callerid_rows[CALLERID_STANDARDS] = {
	[CALLERID_NONE] = { "none", "not sent" },
	[CALLERID_BELLCORE] = { "Bellcore",
		"Bell 202 FSK after the first ring, with name (GR-30, GR-31)",
		"CAS, answered by DTMF A or D (GR-575)" },
	[CALLERID_ETSI] = { "ETSI",
		"V.23 FSK after the first ring or a reversal (EN 300 659)",
		"DT-AS, answered by DTMF A or D (EN 300 659-2)" },
	[CALLERID_UK] = { "UK",
		"reversal and DT-AS, then V.23 FSK, then ringing (SIN 227)",
		"DT-AS, answered by DTMF A or D (SIN 227)" },
	[CALLERID_JAPAN] = { "Japan",
		"reversal and a short ring, answered, then V.23 FSK (NTT)" },
	[CALLERID_DTMF] = { "DTMF",
		"DTMF before the first ring, between its start and end digits" },
};
