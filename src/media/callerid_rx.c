/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp.h>

#include "media/callerid.h"
#include "media/callerid_japan.h"

#define MARKS 20		/* bits of mark before a message (GR-30: 80 and up) */
#define DIGIT_PAUSE 4000	/* samples without a digit end DTMF caller ID */
#define DIGITS_MOST 40
#define QUIETEST -45.0f		/* dBm0; the library begins at -30 */
#define LOUDER 8			/* 18 dB; FSK bears to be clipped */

struct callerid {
	enum callerid_standard standard;
	fsk_rx_state_t *fsk;
	adsi_rx_state_t *japan;
	unsigned marks;		/* bits of mark in a row */
	bool marked;		/* enough of them came before this octet */
	int bit;		/* of the octet being received; -1: none */
	uint8_t octet;
	uint8_t message[CALLERID_MESSAGE];
	size_t got;
	enum callerid_news news;
	struct party party;

	char digits[DIGITS_MOST + 1];
	unsigned count, pause;
};

static bool is_fsk(enum callerid_standard s)
{
	return s == CALLERID_BELLCORE || s == CALLERID_ETSI || s == CALLERID_UK;
}

static size_t expected(const struct callerid *c)
{
	return c->got < 2 ? 2 : (size_t)c->message[1] + 3;
}

static void broken(struct callerid *c)
{
	/* Two octets may be noise; with a type and a length it was a message. */
	if (c->got > 2)
		c->news = CALLERID_BROKEN;
	c->got = 0;
	c->bit = -1;
}

static void complete(struct callerid *c)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < c->got; i++)
		sum = (uint8_t)(sum + c->message[i]);
	if (sum) {
		broken(c);
		return;
	}
	/* Message waiting and the like pass without a word. */
	if (c->message[0] == 0x80 || c->message[0] == 0x04)
		c->news = callerid_parse(&c->party, c->message, c->got - 1) ?
			  CALLERID_BROKEN : CALLERID_COMPLETE;
	c->got = 0;
}

static void octet(struct callerid *c)
{
	if (!c->got && (!c->marked || (c->octet != 0x80 && c->octet != 0x04 &&
				       c->octet != 0x82 && c->octet != 0x06)))
		return;
	c->message[c->got++] = c->octet;
	if (c->got > 2 && c->got == expected(c))
		complete(c);
}

/* One bit of the modem: start bit 0, eight data bits, least first, stop bit. */
static void bit(void *arg, int b)
{
	struct callerid *c = arg;

	if (b < 0) {		/* carrier came or went */
		if (c->got)
			broken(c);
		c->marks = 0;
		c->bit = -1;
		return;
	}
	if (c->bit < 0) {
		if (!b) {
			c->marked = c->marks >= MARKS;
			c->bit = 0;
			c->octet = 0;
		}
		c->marks = b ? c->marks + 1 : 0;
		return;
	}
	if (c->bit < 8) {
		c->octet |= (uint8_t)(b << c->bit++);
		return;
	}
	c->bit = -1;
	c->marks = b ? 1 : 0;
	if (b)
		octet(c);
	else if (c->got)
		broken(c);
}

static const fsk_spec_t *spec(enum callerid_standard s)
{
	return &preset_fsk_specs[s == CALLERID_BELLCORE ? FSK_BELL202
							: FSK_V23CH1];
}

static void japanese(void *arg, const uint8_t *message, int len)
{
	struct callerid *c = arg;

	c->news = callerid_japan_parse(c->japan, &c->party, message, len) ?
		  CALLERID_BROKEN : CALLERID_COMPLETE;
}

struct callerid *callerid_new(enum callerid_standard s)
{
	struct callerid *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fsk = fsk_rx_init(NULL, spec(s), FSK_FRAME_MODE_ASYNC, bit, c);
	c->japan = adsi_rx_init(NULL, ADSI_STANDARD_JCLIP, japanese, c);
	if (!c->fsk || !c->japan) {
		callerid_free(c);
		return NULL;
	}
	callerid_conf(c, s);
	return c;
}

void callerid_free(struct callerid *c)
{
	if (!c)
		return;
	if (c->fsk)
		fsk_rx_free(c->fsk);
	if (c->japan)
		adsi_rx_free(c->japan);
	free(c);
}

void callerid_reset(struct callerid *c)
{
	fsk_rx_restart(c->fsk, spec(c->standard), FSK_FRAME_MODE_ASYNC);
	fsk_rx_set_put_bit(c->fsk, bit, c);
	fsk_rx_signal_cutoff(c->fsk, QUIETEST);
	if (c->standard == CALLERID_JAPAN)
		adsi_rx_init(c->japan, ADSI_STANDARD_JCLIP, japanese, c);
	c->bit = -1;
	c->marks = 0;
	c->got = 0;
	c->count = c->pause = 0;
	c->news = CALLERID_NOTHING;
}

void callerid_conf(struct callerid *c, enum callerid_standard s)
{
	c->standard = s;
	callerid_reset(c);
}

bool callerid_takes_digits(const struct callerid *c)
{
	return c->standard == CALLERID_DTMF;
}

static enum callerid_news take_digits(struct callerid *c, struct party *p)
{
	enum callerid_news news = CALLERID_COMPLETE;

	c->digits[c->count] = 0;
	if (callerid_parse_digits(p, c->digits))
		news = CALLERID_BROKEN;
	c->count = 0;
	return news;
}

enum callerid_news callerid_digit(struct callerid *c, char digit,
				  struct party *p)
{
	c->pause = 0;
	if (c->count < DIGITS_MOST)
		c->digits[c->count++] = digit;
	return digit == 'C' || digit == '#' ? take_digits(c, p)
					    : CALLERID_NOTHING;
}

/* The library's own receiver cannot be told to listen to less than -30 dBm0. */
static void hear_japanese(struct callerid *c, const int16_t *s, size_t n)
{
	int16_t part[80];

	while (n) {
		size_t k = n < 80 ? n : 80;

		for (size_t i = 0; i < k; i++) {
			int v = s[i] * LOUDER;

			part[i] = (int16_t)(v > 32767 ? 32767 :
					    v < -32768 ? -32768 : v);
		}
		adsi_rx(c->japan, part, (int)k);
		s += k;
		n -= k;
	}
}

enum callerid_news callerid_run(struct callerid *c, const int16_t *s, size_t n,
				struct party *p)
{
	c->news = CALLERID_NOTHING;
	if (is_fsk(c->standard) || c->standard == CALLERID_JAPAN) {
		if (c->standard == CALLERID_JAPAN)
			hear_japanese(c, s, n);
		else
			fsk_rx(c->fsk, s, (int)n);
		if (c->news == CALLERID_COMPLETE)
			*p = c->party;
		return c->news;
	}
	if (!c->count)
		return CALLERID_NOTHING;
	c->pause += (unsigned)n;
	return c->pause > DIGIT_PAUSE ? take_digits(c, p) : CALLERID_NOTHING;
}
