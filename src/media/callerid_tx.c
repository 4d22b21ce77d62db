/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

#include "media/callerid.h"
#include "media/callerid_japan.h"
#include "media/dialler.h"

#define DTMF_MS 70		/* on and off */
#define MARK_BITS 80		/* before a message without channel seizure */

struct callerid_sender {
	adsi_tx_state_t *adsi;
	struct dialler dialler;
	bool sending, by_dtmf;
	uint32_t wait;		/* samples of silence before it */
};

struct callerid_sender *callerid_sender_new(void)
{
	struct callerid_sender *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->adsi = adsi_tx_init(NULL, ADSI_STANDARD_CLASS);
	if (!c->adsi) {
		free(c);
		return NULL;
	}
	return c;
}

void callerid_sender_free(struct callerid_sender *c)
{
	if (!c)
		return;
	adsi_tx_free(c->adsi);
	free(c);
}

void callerid_stop(struct callerid_sender *c)
{
	c->sending = false;
	dialler_stop(&c->dialler);
}

bool callerid_sending(const struct callerid_sender *c)
{
	return c->sending;
}

int callerid_send(struct callerid_sender *c, const struct callerid_way *way,
		  const struct party *from, int64_t when, unsigned wait)
{
	enum callerid_standard s = way->standard;
	uint8_t message[CALLERID_MESSAGE];
	char digits[PARTY_NUMBER_SIZE];
	size_t n;

	callerid_stop(c);
	c->wait = wait * 8;
	c->by_dtmf = s == CALLERID_DTMF;
	switch (s) {
	case CALLERID_DTMF:
		callerid_digits(digits, way, from);
		dialler_add_string(&c->dialler, digits, DTMF_MS, DTMF_MS);
		break;
	case CALLERID_BELLCORE:
	case CALLERID_ETSI:
	case CALLERID_UK:
		adsi_tx_init(c->adsi, s == CALLERID_BELLCORE ?
			     ADSI_STANDARD_CLASS : ADSI_STANDARD_CLIP);
		n = callerid_build(message, s, from, when);
		if (adsi_tx_put_message(c->adsi, message, (int)n) <= 0)
			return -EIO;
		/* 110 ms and a pause of 60; SIN 227 has both reversal and tones. */
		if (s == CALLERID_UK || way->alert == ALERT_DTAS)
			adsi_tx_send_alert_tone(c->adsi);
		break;
	case CALLERID_JAPAN:
		adsi_tx_init(c->adsi, ADSI_STANDARD_JCLIP);
		n = callerid_japan_build(c->adsi, message, from);
		if (adsi_tx_put_message(c->adsi, message, (int)n) <= 0)
			return -EIO;
		break;
	default:
		return -ENOTSUP;
	}
	c->sending = true;
	return 0;
}

bool callerid_tells_messages(enum callerid_standard s)
{
	return s == CALLERID_BELLCORE || s == CALLERID_ETSI || s == CALLERID_UK;
}

static void start_fsk(struct callerid_sender *c, enum callerid_standard s, unsigned wait)
{
	c->wait = wait * 8;
	c->by_dtmf = false;
	adsi_tx_init(c->adsi, s == CALLERID_BELLCORE ? ADSI_STANDARD_CLASS :
		     ADSI_STANDARD_CLIP);
}

int callerid_send_talking(struct callerid_sender *c, const struct callerid_way *way,
			  const struct party *from, int64_t when, unsigned wait)
{
	uint8_t message[CALLERID_MESSAGE];
	size_t n = callerid_build(message, way->standard, from, when);

	callerid_stop(c);
	if (!callerid_tells_messages(way->standard))
		return -ENOTSUP;
	start_fsk(c, way->standard, wait);
	adsi_tx_set_preamble(c->adsi, 0, MARK_BITS, -1, -1);
	if (adsi_tx_put_message(c->adsi, message, (int)n) <= 0)
		return -EIO;
	c->sending = true;
	return 0;
}

int callerid_send_messages(struct callerid_sender *c, const struct callerid_way *way,
			   bool waiting, unsigned wait)
{
	uint8_t message[CALLERID_MESSAGE];
	size_t n = callerid_build_messages(message, waiting);

	callerid_stop(c);
	if (!callerid_tells_messages(way->standard))
		return -ENOTSUP;
	start_fsk(c, way->standard, wait);
	if (adsi_tx_put_message(c->adsi, message, (int)n) <= 0)
		return -EIO;
	if (way->alert == ALERT_DTAS)
		adsi_tx_send_alert_tone(c->adsi);
	c->sending = true;
	return 0;
}

bool callerid_sound(struct callerid_sender *c, int16_t *to, size_t n)
{
	size_t quiet = c->wait < n ? c->wait : n;
	int got;

	memset(to, 0, n * sizeof(*to));
	if (!c->sending)
		return false;
	c->wait -= (uint32_t)quiet;
	if (quiet == n)
		return true;
	if (c->by_dtmf) {
		c->sending = dialler_run(&c->dialler, to + quiet, n - quiet);
	} else {
		got = adsi_tx(c->adsi, to + quiet, (int)(n - quiet));
		c->sending = got > 0;
	}
	return c->sending;
}
