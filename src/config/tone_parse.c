/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "config/config.h"

#define HZ_MOST 3999		/* below half of 8000 samples a second */
#define MS_MOST 600000

/* A number at *text without sign; -1 when there is none or it is above most. */
static long number(const char **text, long most)
{
	long value = 0;

	if (!isdigit((unsigned char)**text))
		return -1;
	for (; isdigit((unsigned char)**text); (*text)++) {
		value = value * 10 + (**text - '0');
		if (value > most)
			return -1;
	}
	return value;
}

/* F, F+F..., F*F or 0 for silence. */
static int frequencies(struct tone_segment *seg, const char **text)
{
	long hz = number(text, HZ_MOST);
	int count = 0;

	if (hz < 0)
		return -EINVAL;
	if (hz == 0)
		return **text == '+' || **text == '*' ? -EINVAL : 0;
	seg->frequency[count++] = hz;
	while (**text == '+' || **text == '*') {
		if (seg->modulated || (**text == '*' && count > 1) ||
		    count == TONE_FREQUENCIES)
			return -EINVAL;
		seg->modulated = *(*text)++ == '*';
		hz = number(text, HZ_MOST);
		if (hz <= 0)
			return -EINVAL;
		seg->frequency[count++] = hz;
	}
	return 0;
}

static int segment(struct tone_segment *seg, const char **text)
{
	long ms = 0;

	if (frequencies(seg, text))
		return -EINVAL;
	if (**text == '/') {
		(*text)++;
		ms = number(text, MS_MOST);
		if (ms <= 0)
			return -EINVAL;
	}
	seg->ms = ms;
	return 0;
}

int tone_parse(struct tone *tone, const char *text, int16_t level)
{
	struct tone parsed = { .level = level, .loop = TONE_SEGMENTS };
	bool repeats = false;

	for (;; text++) {
		bool once = *text == '!';

		/* What comes after a repeated part cannot be played once. */
		if (parsed.count == TONE_SEGMENTS || (once && repeats))
			return -EINVAL;
		if (!once && !repeats) {
			repeats = true;
			parsed.loop = parsed.count;
		}
		text += once;
		if (segment(&parsed.segment[parsed.count++], &text))
			return -EINVAL;
		if (*text != ',')
			break;
		/* A segment without end hides the ones behind it. */
		if (!parsed.segment[parsed.count - 1].ms)
			return -EINVAL;
	}
	if (*text)
		return -EINVAL;
	*tone = parsed;
	return 0;
}
