/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "pbx/callerid.h"

#include <errno.h>
#include <spandsp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LONGEST (8000 * 4)	/* samples of a message */
#define BODY 256

enum callerid_when callerid_when(const struct callerid_way *way)
{
	switch (way->standard) {
	case CALLERID_NONE:
		return CALLERID_NEVER;
	case CALLERID_JAPAN:
		return CALLERID_ANSWERED;
	default:
		return way->alert == ALERT_RING ? CALLERID_BETWEEN : CALLERID_BEFORE;
	}
}

struct callerid_way callerid_of(const struct country *c)
{
	static const enum callerid_alert alerts[] = {
		[CALLERID_NONE] = ALERT_RING, [CALLERID_BELLCORE] = ALERT_RING,
		[CALLERID_ETSI] = ALERT_RING, [CALLERID_UK] = ALERT_POLARITY,
		[CALLERID_JAPAN] = ALERT_POLARITY, [CALLERID_DTMF] = ALERT_NONE,
	};

	return (struct callerid_way){ c->callerid, alerts[c->callerid],
				      c->callerid_start, c->callerid_stop };
}

static int spandsp_standard(enum callerid_standard standard)
{
	switch (standard) {
	case CALLERID_BELLCORE:
		return ADSI_STANDARD_CLASS;
	case CALLERID_ETSI:
	case CALLERID_UK:
		return ADSI_STANDARD_CLIP;
	case CALLERID_DTMF:
		return ADSI_STANDARD_CLIP_DTMF;
	case CALLERID_JAPAN:
		return ADSI_STANDARD_JCLIP;
	case CALLERID_NONE:
		break;
	}
	return ADSI_STANDARD_NONE;
}

static int field(adsi_tx_state_t *tx, uint8_t *body, int len, uint8_t type,
		 const char *text)
{
	return adsi_add_field(tx, body, len, type, (const uint8_t *)text,
			      (int)strlen(text));
}

/* The fields have the same numbers in Bellcore's and ETSI's messages. */
static int fsk_body(adsi_tx_state_t *tx, uint8_t *body, const struct party *from)
{
	time_t now = time(NULL);
	struct tm tm;
	char date[16], number[24], name[24];
	const char *absent = from->presentation == PRESENTATION_PRIVATE ? "P" : "O";
	int len = adsi_add_field(tx, body, -1, CLASS_MDMF_CALLERID, NULL, 0);

	localtime_r(&now, &tm);
	strftime(date, sizeof(date), "%m%d%H%M", &tm);
	snprintf(number, sizeof(number), "%.20s", from->number);
	snprintf(name, sizeof(name), "%.15s", from->name);
	len = field(tx, body, len, MCLASS_DATETIME, date);
	if (*number)
		len = field(tx, body, len, MCLASS_CALLER_NUMBER, number);
	else
		len = field(tx, body, len, MCLASS_ABSENCE1, absent);
	if (*name)
		len = field(tx, body, len, MCLASS_CALLER_NAME, name);
	else if (!*number)
		len = field(tx, body, len, MCLASS_ABSENCE2, absent);
	return len;
}

static int dtmf_body(adsi_tx_state_t *tx, uint8_t *body, const struct party *from,
		     const struct callerid_way *way)
{
	bool private = from->presentation == PRESENTATION_PRIVATE;
	int len = adsi_add_field(tx, body, -1, (uint8_t)way->stop, NULL, 0);

	if (*from->number)
		return field(tx, body, len, (uint8_t)way->start, from->number);
	if (way->stop == '#')
		return field(tx, body, len, CLIP_DTMF_HASH_ABSENCE, private ? "1" : "3");
	return field(tx, body, len, CLIP_DTMF_C_ABSENCE, private ? "10" : "00");
}

static int japan_body(adsi_tx_state_t *tx, uint8_t *body, const struct party *from)
{
	int len = adsi_add_field(tx, body, -1, JCLIP_MDMF_CALLERID, NULL, 0);

	if (*from->number)
		return field(tx, body, len, JCLIP_CALLER_NUMBER, from->number);
	return field(tx, body, len, JCLIP_ABSENCE,
		     from->presentation == PRESENTATION_PRIVATE ? "P" : "O");
}

static int make_body(adsi_tx_state_t *tx, uint8_t *body, const struct party *from,
		     const struct callerid_way *way)
{
	switch (way->standard) {
	case CALLERID_DTMF:
		return dtmf_body(tx, body, from, way);
	case CALLERID_JAPAN:
		return japan_body(tx, body, from);
	default:
		return fsk_body(tx, body, from);
	}
}

int callerid_make(const struct callerid_way *way, const struct party *from,
		  int16_t **samples, size_t *count)
{
	uint8_t body[BODY];
	adsi_tx_state_t *tx;
	int len, n, err = -EINVAL;

	if (callerid_when(way) == CALLERID_NEVER)
		return -ENOTSUP;
	*samples = malloc(LONGEST * sizeof(**samples));
	tx = adsi_tx_init(NULL, spandsp_standard(way->standard));
	if (!*samples || !tx) {
		err = -ENOMEM;
		goto out;
	}
	if (way->standard == CALLERID_UK || way->alert == ALERT_DTAS)
		adsi_tx_send_alert_tone(tx);
	len = make_body(tx, body, from, way);
	if (len <= 0 || adsi_tx_put_message(tx, body, len) <= 0)
		goto out;
	*count = 0;
	while (*count + 160 <= LONGEST &&
	       (n = adsi_tx(tx, *samples + *count, 160)) > 0)
		*count += (size_t)n;
	err = *count ? 0 : -EINVAL;
out:
	if (tx)
		adsi_tx_free(tx);
	if (err)
		free(*samples);
	return err;
}

struct callerid_reader {
	adsi_rx_state_t *rx;
	enum callerid_standard standard;
	callerid_fn *fn;
	callerid_messages_fn *messages;
	void *arg;
};

static void copy(char *to, size_t size, const uint8_t *from, int len)
{
	snprintf(to, size, "%.*s", len, (const char *)from);
}

static const char *why_absent(const uint8_t *body, int len)
{
	return len > 0 && *body == 'P' ? "private" : "unavailable";
}

static void take_field(struct callerid_reader *r, uint8_t type, const uint8_t *body,
		       int len, struct party *to)
{
	if (r->standard == CALLERID_DTMF) {
		/* D tells a number or, behind '#', why there is none. */
		if (type == 'B' || (type == 'D' && len == 1))
			strcpy(to->number, body[0] == '1' ? "private" : "unavailable");
		else
			copy(to->number, sizeof(to->number), body, len);
		return;
	}
	switch (type) {
	case MCLASS_CALLER_NUMBER:
		copy(to->number, sizeof(to->number), body, len);
		break;
	case MCLASS_CALLER_NAME:
		copy(to->name, sizeof(to->name), body, len);
		break;
	case MCLASS_ABSENCE1:
		strcpy(to->number, why_absent(body, len));
		break;
	}
}

static void message(void *arg, const uint8_t *msg, int len)
{
	struct callerid_reader *r = arg;
	struct party from = { 0 };
	const uint8_t *body;
	bool is_messages = r->standard != CALLERID_DTMF && len > 0 &&
			   msg[0] == CLASS_MDMF_MSG_WAITING;
	int at = -1, body_len;
	uint8_t type;

	do {
		body = NULL;
		at = adsi_next_field(r->rx, msg, len, at, &type, &body, &body_len);
		if (at > 0 && body && is_messages && r->messages &&
		    type == MCLASS_VISUAL_INDICATOR && body_len == 1)
			r->messages(r->arg, body[0] == 0xff);
		if (at > 0 && body && !is_messages)
			take_field(r, type, body, body_len, &from);
	} while (at > 0 && at < len);
	if (!is_messages)
		r->fn(r->arg, from.number, from.name);
}

struct callerid_reader *callerid_reader_new(enum callerid_standard standard,
					    callerid_fn *fn, void *arg)
{
	struct callerid_reader *r;

	if (spandsp_standard(standard) == ADSI_STANDARD_NONE)
		return NULL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->standard = standard;
	r->fn = fn;
	r->arg = arg;
	r->rx = adsi_rx_init(NULL, spandsp_standard(standard), message, r);
	if (!r->rx) {
		free(r);
		return NULL;
	}
	return r;
}

void callerid_reader_messages(struct callerid_reader *r, callerid_messages_fn *fn)
{
	r->messages = fn;
}

void callerid_reader_free(struct callerid_reader *r)
{
	if (!r)
		return;
	adsi_rx_free(r->rx);
	free(r);
}

void callerid_read(struct callerid_reader *r, const int16_t *in, size_t n)
{
	adsi_rx(r->rx, in, (int)n);
}
