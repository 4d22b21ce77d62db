/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What texts may look like. An answer continues the sentence
 * 'KEY "TEXT" ...'. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digit_map.h"
#include "config/value.h"

#define NAME_MOST 47
#define HOST_MOST 253		/* RFC 1035 */

static bool only(const char *text, const char *set)
{
	return !text[strspn(text, set)];
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

const char *check_name(const char *text, char *buffer, size_t size)
{
	if (!*text || strlen(text) > NAME_MOST || !only(text, LETTERS DIGITS "._-"))
		return "is no name: 1 to 47 letters, digits, '.', '_' or '-'";
	return NULL;
}

const char *check_number(const char *text, char *buffer, size_t size)
{
	if (!*text)
		return "is no number; leave the key out where there is none";
	if (strlen(text) >= PARTY_NUMBER_SIZE)
		return "is longer than a number can be, 63 digits";
	if (text[*text == '+'] && only(text + (*text == '+'), DIGITS "*#ABCD"))
		return NULL;
	if (only(text, DIGITS "+*#ABCD -./()"))
		return "is no number; write it without blanks and dashes, like +15551230001";
	return "is no number: digits, '*' and '#', with or without '+' in front";
}

const char *check_emergency(const char *text, char *buffer, size_t size)
{
	if (!*text || strlen(text) > 15 || !only(text, DIGITS "*#"))
		return "is no emergency number: 1 to 15 digits";
	return NULL;
}

const char *check_pin(const char *text, char *buffer, size_t size)
{
	/* Shorter ones would hide emergency numbers. */
	if (strlen(text) < 4 || strlen(text) > 16 || !only(text, DIGITS))
		return "is no PIN: 4 to 16 digits";
	return NULL;
}

const char *check_code(const char *text, char *buffer, size_t size)
{
	/* With anything else it would take numbers away. */
	if (*text && (*text != '*' || strlen(text) < 2 || strlen(text) > 7 ||
		      !only(text + 1, DIGITS)))
		return "is no code: '*' and 1 to 6 digits, or \"\" for none";
	return NULL;
}

const char *check_dialled(const char *text, char *buffer, size_t size)
{
	if (strlen(text) > 32 || !only(text, DIGITS "*#ABCDw"))
		return "cannot be dialled: at most 32 digits, '*', '#', or w for a pause";
	return NULL;
}

const char *check_prefix(const char *text, char *buffer, size_t size)
{
	if (strlen(text) > 32 || !only(text + (*text == '+'), DIGITS "*#ABCD"))
		return "cannot stand in front of a number: at most 32 digits, '*', '#', or '+' first";
	return NULL;
}

static bool is_address(const char *text, unsigned *bits)
{
	struct in6_addr any;

	*bits = 32;
	if (inet_pton(AF_INET, text, &any) == 1)
		return true;
	*bits = 128;
	return inet_pton(AF_INET6, text, &any) == 1;
}

const char *check_address(const char *text, char *buffer, size_t size)
{
	unsigned bits;

	return is_address(text, &bits) ? NULL : "is no IP address";
}

const char *check_host(const char *text, char *buffer, size_t size)
{
	unsigned bits;

	if (is_address(text, &bits))
		return NULL;
	if (!strncmp(text, "sip:", 4) || !strncmp(text, "sips:", 5))
		return "is no host; leave \"sip:\" out";
	if (strchr(text, ':'))
		return "is no host; a port has a key of its own";
	if (!*text || strlen(text) > HOST_MOST || *text == '.' || *text == '-' ||
	    strstr(text, "..") || !only(text, LETTERS DIGITS "._-"))
		return "is neither host name nor address";
	/* 192.0.2.300 is a mistyped address, not a name: no top-level domain
	 * is all digits (RFC 3696 section 2). */
	if (only(text, DIGITS "."))
		return "is no IP address";
	return NULL;
}

const char *check_proxy(const char *text, char *buffer, size_t size)
{
	char host[HOST_MOST + 3];
	const char *colon = strrchr(text, ':'), *bracket = strrchr(text, ']');
	size_t length = colon && colon > bracket ? (size_t)(colon - text) : strlen(text);
	unsigned bits;

	if (is_address(text, &bits))
		return NULL;
	if (!strncmp(text, "sip:", 4) || !strncmp(text, "sips:", 5))
		return "is no proxy; leave \"sip:\" out";
	if (length >= sizeof(host))
		return "is too long";
	if (text[length]) {
		const char *port = text + length + 1;

		if (!*port || strlen(port) > 5 || !only(port, DIGITS) ||
		    atoi(port) < 1 || atoi(port) > 65535)
			return "has no port from 1 to 65535 behind the ':'";
	}
	snprintf(host, sizeof(host), "%.*s", (int)length, text);
	if (*host == '[') {
		if (host[length - 1] != ']')
			return "lacks a ']'";
		host[length - 1] = 0;
		return is_address(host + 1, &bits) && bits == 128 ? NULL :
			"has no IPv6 address in [ ]";
	}
	return check_host(host, buffer, size);
}

const char *check_public(const char *text, char *buffer, size_t size)
{
	const char *wrong = strncmp(text, "stun:", 5) ?
		check_host(text, buffer, size) : check_proxy(text + 5, buffer, size);

	return wrong ? "is no address, no host name and no \"stun:SERVER\"" : NULL;
}

const char *check_network(const char *text, char *buffer, size_t size)
{
	const char *slash = strchr(text, '/');
	char address[INET6_ADDRSTRLEN];
	unsigned bits;
	size_t length = slash ? (size_t)(slash - text) : strlen(text);

	if (length >= sizeof(address))
		return "is neither address nor network; like 192.0.2.0/24";
	snprintf(address, sizeof(address), "%.*s", (int)length, text);
	if (!is_address(address, &bits))
		return "is neither address nor network; like 192.0.2.0/24";
	if (!slash)
		return NULL;
	slash++;
	if (!*slash || strlen(slash) > 3 || !only(slash, DIGITS) ||
	    (unsigned)atoi(slash) > bits) {
		snprintf(buffer, size, "has no length from 0 to %u behind the '/'", bits);
		return buffer;
	}
	return NULL;
}

const char *check_map(const char *text, char *buffer, size_t size)
{
	char why[160];

	if (!digit_map_check(text, why, sizeof(why)))
		return NULL;
	snprintf(buffer, size, "cannot be read; %s", why);
	return buffer;
}

const char *check_port(const char *text, char *buffer, size_t size)
{
	const char *slash = strchr(text, '/');

	if (!slash || slash == text || !slash[1] || strlen(text) >= PORT_NAME_SIZE ||
	    !only(text, LETTERS DIGITS "/_-"))
		return "is no port: a driver and what it calls the port, like sim/1";
	return NULL;
}

const char *check_span_port(const char *text, char *buffer, size_t size)
{
	const char *slash = strchr(text, '/');

	if (check_port(text, buffer, size) || strncmp(slash, "/span/", 6) || !slash[6])
		return "is no span's port: write dahdi/span/1, the number is that of `dahdi_scan`, or sim/span/NAME";
	return NULL;
}

/* RFC 3261 section 25.1, "user", without escapes. */
const char *check_user(const char *text, char *buffer, size_t size)
{
	if (*text && strlen(text) <= 128 &&
	    only(text, LETTERS DIGITS "-_.!~*'()&=+$,;?/"))
		return NULL;
	if (strchr(text, '@'))
		return "is no user; what stands behind the '@' belongs into domain";
	return "is no user of a SIP address";
}

/* It stands between quotes in a header. */
const char *check_realm(const char *text, char *buffer, size_t size)
{
	if (*text && strlen(text) <= 64 &&
	    only(text, LETTERS DIGITS "-_.!~*'()&=+$,;?/@: "))
		return NULL;
	return "is no realm: 1 to 64 letters, digits, blanks and signs, without quotes";
}

const char *check_line_of_text(const char *text, char *buffer, size_t size)
{
	if (strlen(text) >= PARTY_NAME_SIZE)
		return "is too long; at most 79 bytes";
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			return "holds a control character";
	return NULL;
}
