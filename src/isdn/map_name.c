/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include <string.h>

#include "isdn/map.h"

#define BAD 0xfffdu

/* The next character of a UTF-8 string, BAD for a byte that begins none (RFC
 * 3629); *s moves on, to the next byte at least. */
static unsigned utf8_next(const char **s)
{
	const unsigned char *b = (const unsigned char *)*s;
	unsigned c = b[0], least;
	int more;

	++*s;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c < 0xe0) {
		more = 1, c &= 0x1f, least = 0x80;
	} else if (c >= 0xe0 && c < 0xf0) {
		more = 2, c &= 0x0f, least = 0x800;
	} else if (c >= 0xf0 && c < 0xf5) {
		more = 3, c &= 0x07, least = 0x10000;
	} else {
		return BAD;
	}
	for (int i = 1; i <= more; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return BAD;
		c = c << 6 | (b[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return BAD;
	*s += more;
	return c;
}

/* 1 to 4 bytes. */
static size_t utf8_put(char out[4], unsigned c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static bool is_control(unsigned c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* A character of a set of single octets. The Latin and Greek and Cyrillic sets
 * beyond the first differ from it in their upper half. */
static unsigned octet(unsigned char c, int char_set)
{
	if (c < 0x80)
		return c;
	if (char_set == PRI_CHAR_SET_ISO8859_5) {
		if (c == 0xad)
			return c;
		if (c == 0xf0)
			return 0x2116;
		if (c == 0xfd)
			return 0xa7;
		return c > 0xa0 ? 0x400u + c - 0xa0 : c;
	}
	if (char_set == PRI_CHAR_SET_UNKNOWN ||
	    char_set == PRI_CHAR_SET_ISO8859_1)
		return c;
	return c < 0xa0 ? c : '?';
}

void name_read(char out[PARTY_NAME_SIZE], const char *name, int char_set)
{
	const char *probe = name;
	bool utf8 = char_set == PRI_CHAR_SET_ISO10646_UTF_8STRING;
	size_t n = 0;

	/* Who does not say what it is (display texts of most exchanges) often
	 * sends UTF-8 today; Latin text is hardly ever valid as that. */
	if (char_set == PRI_CHAR_SET_UNKNOWN || char_set == PRI_CHAR_SET_ISO8859_1)
		for (utf8 = true; *probe; )
			if (utf8_next(&probe) == BAD)
				utf8 = false, probe += strlen(probe);
	while (*name) {
		char bytes[4];
		unsigned c = utf8 ? utf8_next(&name) :
				    octet((unsigned char)*name++, char_set);
		size_t k;

		if (is_control(c))
			continue;
		k = utf8_put(bytes, c == BAD ? '?' : c);
		if (n + k >= PARTY_NAME_SIZE)
			break;
		memcpy(out + n, bytes, k);
		n += k;
	}
	out[n] = '\0';
}

void name_write(char *out, size_t size, const char *name)
{
	size_t n = 0;

	while (*name && n + 1 < size) {
		unsigned c = utf8_next(&name);

		if (!is_control(c))
			out[n++] = (char)(c < 0x100 ? c : '?');
	}
	out[n] = '\0';
}
