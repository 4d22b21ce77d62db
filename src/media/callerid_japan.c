/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* NTT's caller ID: V.23 as elsewhere, but framed by DLE sequences with a CRC,
 * sent to a telephone that has answered a short ring. spandsp knows the frame,
 * here are its fields. */
#include "media/callerid_japan.h"

#include <string.h>

#define NUMBER_MOST 32

size_t callerid_japan_build(adsi_tx_state_t *tx, uint8_t *to, const struct party *from)
{
	bool shown = from->presentation == PRESENTATION_ALLOWED;
	const uint8_t *reason = (const uint8_t *)
		(from->presentation == PRESENTATION_PRIVATE ? "P" : "O");
	uint8_t number[NUMBER_MOST];
	int len = adsi_add_field(tx, to, -1, JCLIP_MDMF_CALLERID, NULL, 0), n = 0;

	for (const char *p = from->number; shown && *p && n < NUMBER_MOST; p++)
		if (strchr("0123456789*#", *p))
			number[n++] = (uint8_t)*p;
	if (n)
		len = adsi_add_field(tx, to, len, JCLIP_CALLER_NUMBER, number, n);
	else
		len = adsi_add_field(tx, to, len, JCLIP_ABSENCE, reason, 1);
	return (size_t)len;
}

int callerid_japan_parse(adsi_rx_state_t *rx, struct party *p, const uint8_t *message,
			 int len)
{
	const uint8_t *body;
	int at = -1, n, fields = 0;
	size_t digits = 0;
	uint8_t type;

	memset(p, 0, sizeof(*p));
	do {
		body = NULL;
		n = 0;
		at = adsi_next_field(rx, message, len, at, &type, &body, &n);
		if (at <= 0 || !body || n <= 0)
			continue;
		fields++;
		if (type == JCLIP_ABSENCE)
			p->presentation = body[0] == 'P' ? PRESENTATION_PRIVATE :
							   PRESENTATION_UNAVAILABLE;
		for (int i = 0; type == JCLIP_CALLER_NUMBER && i < n; i++)
			if (digits + 1 < sizeof(p->number) && body[i] &&
			    strchr("0123456789*#", body[i]))
				p->number[digits++] = (char)body[i];
	} while (at > 0 && at < len);
	if (!digits && p->presentation == PRESENTATION_ALLOWED)
		p->presentation = PRESENTATION_UNAVAILABLE;
	return fields ? 0 : -1;	/* the frame's own end reads as a fault */
}
