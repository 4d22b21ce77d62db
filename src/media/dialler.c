/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "media/dialler.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Per frequency; the high group 2 dB up for the loss of a real line. */
#define LOW_LEVEL (-90)
#define HIGH_LEVEL (-70)
#define PAUSE_MS 500

static const char digits[] = "123A456B789C*0#D";
static const uint16_t low_hz[4] = { 697, 770, 852, 941 };
static const uint16_t high_hz[4] = { 1209, 1336, 1477, 1633 };

bool dialler_digit(char c)
{
	return c && strchr("123A456B789C*0#DF", toupper((unsigned char)c));
}

void dialler_stop(struct dialler *d)
{
	d->count = 0;
	d->open = false;
	d->sounding = 0;
	d->done = 0;
}

static struct dialler_item *last(struct dialler *d)
{
	return &d->item[(d->first + d->count - 1) % DIALLER_DIGITS];
}

static int add(struct dialler *d, char digit, uint32_t on, uint32_t off)
{
	if (d->count == DIALLER_DIGITS)
		return -ENOBUFS;
	d->count++;
	*last(d) = (struct dialler_item) { digit, on, off };
	return 0;
}

int dialler_add(struct dialler *d, char digit, unsigned on_ms, unsigned off_ms)
{
	if (!dialler_digit(digit))
		return -EINVAL;
	if (d->open)
		dialler_close(d, 0);
	return add(d, (char)toupper((unsigned char)digit), on_ms * 8, off_ms * 8);
}

int dialler_add_string(struct dialler *d, const char *s, unsigned on_ms,
		       unsigned off_ms)
{
	int err = 0;

	for (; *s && !err; s++) {
		if (*s == 'w' || *s == 'W')
			err = add(d, 0, PAUSE_MS * 8, 0);
		else
			err = dialler_add(d, *s, on_ms, off_ms);
	}
	return err;
}

int dialler_open(struct dialler *d, char digit, unsigned off_ms)
{
	int err = dialler_add(d, digit, 0, off_ms);

	if (err)
		return err;
	last(d)->on = DIALLER_LONGEST;
	d->open = true;
	return 0;
}

void dialler_close(struct dialler *d, unsigned ms)
{
	uint32_t on = ms * 8;

	if (!d->open)
		return;
	d->open = false;
	if (d->count == 1 && d->done > on)
		on = d->done < DIALLER_LONGEST ? d->done : DIALLER_LONGEST;
	last(d)->on = on;
}

static void tune(struct dialler *d, char digit)
{
	const char *at = strchr(digits, digit);
	size_t i = at && digit ? (size_t)(at - digits) : 0;

	d->low.phase = d->high.phase = 0;
	osc_set(&d->low, low_hz[i / 4], LOW_LEVEL);
	osc_set(&d->high, high_hz[i % 4], HIGH_LEVEL);
}

static void sound(struct dialler *d, int16_t *to, size_t n, bool on)
{
	if (!to)
		return;
	for (size_t i = 0; i < n; i++)
		to[i] = on ? osc_clip(osc_next(&d->low) + osc_next(&d->high)) : 0;
}

bool dialler_run(struct dialler *d, int16_t *to, size_t n)
{
	d->sounding = 0;
	while (n && d->count) {
		struct dialler_item *it = &d->item[d->first];
		bool on = it->digit && it->digit != 'F' && d->done < it->on;
		uint32_t end = d->done < it->on ? it->on : it->on + it->off;
		size_t part = end - d->done;

		if (part > n)
			part = n;
		if (on && !d->done)
			tune(d, it->digit);
		d->sounding = d->done < it->on ? it->digit : 0;
		sound(d, to, part, on);
		if (to)
			to += part;
		n -= part;
		d->done += (uint32_t)part;
		if (d->done < it->on + it->off)
			continue;
		if (d->count == 1)
			d->open = false;
		d->first = (d->first + 1) % DIALLER_DIGITS;
		d->count--;
		d->done = 0;
	}
	if (n)
		sound(d, to, n, false);
	return d->count;
}
