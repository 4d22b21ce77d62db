/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "core/number.h"

#include <errno.h>
#include <string.h>

static const char *digits_of(const char *number)
{
	return number[0] == '+' ? number + 1 : number;
}

bool number_equal(const char *a, const char *b)
{
	a = digits_of(a);
	b = digits_of(b);
	return *a && !strcmp(a, b);
}

int number_rewrite(char out[PARTY_NUMBER_SIZE], const char *in, unsigned strip,
		   const char *prefix)
{
	size_t front = strlen(prefix), length;

	if (strip)
		in = digits_of(in);
	length = strlen(in);
	if (strip > length)
		strip = (unsigned)length;
	in += strip;
	length -= strip;
	if (front + length >= PARTY_NUMBER_SIZE) {
		out[0] = '\0';
		return -ENAMETOOLONG;
	}
	memcpy(out, prefix, front);
	memcpy(out + front, in, length + 1);
	return 0;
}

const char *number_last(const char *number, unsigned count)
{
	size_t length = strlen(number);

	return length > count ? number + length - count : number;
}

void number_dialable(char out[PARTY_NUMBER_SIZE], const char *in, bool pauses)
{
	size_t n = 0;

	for (; *in && n < PARTY_NUMBER_SIZE - 1; in++)
		if (strchr("0123456789*#ABCD", *in) || (pauses && *in == 'w'))
			out[n++] = *in;
	out[n] = '\0';
}
