/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/identity.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX of a URI undone. What is no escape stays. */
static void unescape(char *s)
{
	char *out = s;

	for (; *s; s++) {
		if (*s == '%' && hex(s[1]) >= 0 && hex(s[2]) >= 0 &&
		    (s[1] != '0' || s[2] != '0')) {
			*out++ = (char)(hex(s[1]) << 4 | hex(s[2]));
			s += 2;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

int identity_number(char number[PARTY_NUMBER_SIZE], const char *user)
{
	char text[256];
	size_t n = 0, length = strcspn(user, ";@?>");

	number[0] = '\0';
	if (length >= sizeof(text))
		return -EINVAL;
	memcpy(text, user, length);
	text[length] = '\0';
	unescape(text);
	/* A password or an escaped parameter. */
	text[strcspn(text, ":;")] = '\0';
	for (const char *s = text; *s; s++) {
		if (strchr("-.() ", *s))
			continue;
		if (!isdigit((unsigned char)*s) && !strchr("*#ABCD", *s) &&
		    (*s != '+' || n))
			goto bad;
		if (n == PARTY_NUMBER_SIZE - 1)
			goto bad;
		number[n++] = *s;
	}
	number[n] = '\0';
	if (n && strcmp(number, "+"))
		return 0;
bad:
	number[0] = '\0';
	return -EINVAL;
}

/* -------------------------------------------------- reading name-addresses */

const char *identity_value_end(const char *s)
{
	bool quoted = false, bracketed = false;

	for (; *s; s++) {
		if (quoted && *s == '\\' && s[1])
			s++;
		else if (*s == '"')
			quoted = !quoted;
		else if (!quoted && *s == '<')
			bracketed = true;
		else if (!quoted && *s == '>')
			bracketed = false;
		else if (*s == ',' && !quoted && !bracketed)
			break;
	}
	return s;
}

/* Cuts a name that was filled to the brim back to whole characters. */
static void whole_characters(char *name, size_t size)
{
	size_t n = strlen(name), lead;

	if (n < size - 1)
		return;
	for (lead = n; lead && identity_continues(name[lead - 1]);)
		lead--;
	if (lead && (unsigned char)name[lead - 1] >= 0xc0) {
		unsigned char c = (unsigned char)name[lead - 1];
		size_t need = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

		if (n - (lead - 1) < need)
			name[lead - 1] = '\0';
	}
}

static void add_name(struct party *p, const char *s, size_t n)
{
	size_t out = 0;

	while (n && isspace((unsigned char)*s))
		s++, n--;
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (n >= 2 && s[0] == '"' && s[n - 1] == '"')
		s++, n -= 2;
	for (size_t i = 0; i < n && out < sizeof(p->name) - 1; i++) {
		if (s[i] == '\\' && i + 1 < n)
			i++;
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			continue;
		p->name[out++] = s[i];
	}
	p->name[out] = '\0';
	whole_characters(p->name, sizeof(p->name));
}

/* One "name" <uri> or uri. */
static void read_value(struct party *p, const char *s, const char *end)
{
	const char *uri = s;
	char user[256];
	size_t n;
	bool quoted = false;

	for (const char *c = s; c < end; c++) {
		if (quoted && *c == '\\')
			c++;
		else if (*c == '"')
			quoted = !quoted;
		else if (*c == '<' && !quoted) {
			add_name(p, s, (size_t)(c - s));
			uri = c + 1;
			break;
		}
	}
	while (uri < end && isspace((unsigned char)*uri))
		uri++;
	n = (size_t)(end - uri);
	if (n >= sizeof(user))
		n = sizeof(user) - 1;
	memcpy(user, uri, n);
	user[n] = '\0';
	user[strcspn(user, "> \t")] = '\0';
	if (!strncasecmp(user, "tel:", 4)) {
		identity_number(p->number, user + 4);
		return;
	}
	if (!strncasecmp(user, "sip:", 4))
		uri = user + 4;
	else if (!strncasecmp(user, "sips:", 5))
		uri = user + 5;
	else
		return;
	if (!strchr(uri, '@'))
		return;
	if (identity_number(p->number, uri) && !p->name[0]) {
		user[uri - user + (long)strcspn(uri, "@;:")] = '\0';
		unescape(user + (uri - user));
		add_name(p, uri, strlen(uri));
	}
}

void identity_party(struct party *p, const char *value)
{
	*p = (struct party){ 0 };
	while (*value) {
		const char *end = identity_value_end(value);
		struct party one = { 0 };

		read_value(&one, value, end);
		if (one.name[0] && !p->name[0])
			memcpy(p->name, one.name, sizeof(p->name));
		if (one.number[0]) {
			memcpy(p->number, one.number, sizeof(p->number));
			return;
		}
		value = *end ? end + 1 : end;
	}
}

bool identity_is_private(const char *privacy)
{
	char text[128], *save = NULL;

	if (!privacy)
		return false;
	snprintf(text, sizeof(text), "%s", privacy);
	for (char *t = strtok_r(text, "; \t", &save); t;
	     t = strtok_r(NULL, "; \t", &save))
		if (!strcasecmp(t, "id") || !strcasecmp(t, "user") ||
		    !strcasecmp(t, "header"))
			return true;
	return false;
}

static bool is_anonymous(const char *from)
{
	return strcasestr(from, "sip:anonymous@") ||
	       strcasestr(from, "sip:anonymous:") ||
	       strcasestr(from, "@anonymous.invalid") ||
	       strcasestr(from, "sip:restricted@");
}

static bool is_nobody(const char *name)
{
	static const char *const words[] = { "unavailable", "unknown", "asterisk",
					     "anonymous" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcasecmp(name, words[i]))
			return true;
	return false;
}

/* The header that the trunk goes by, else what there is of the others. */
static const char *told(const struct identity_said *said, enum trunk_identity by)
{
	const char *const order[][3] = {
		[IDENTITY_PAI] = { said->asserted, said->remote_party, NULL },
		[IDENTITY_PPI] = { said->preferred, said->asserted, NULL },
		[IDENTITY_RPID] = { said->remote_party, said->asserted, NULL },
		[IDENTITY_FROM] = { NULL, NULL, NULL },
	};

	for (unsigned i = 0; i < 3; i++)
		if (order[by][i] && order[by][i][0])
			return order[by][i];
	return NULL;
}

void identity_caller(struct party *p, const struct identity_said *said,
		     enum trunk_identity by)
{
	const char *from = said->from, *value = told(said, by);
	struct party shown = { 0 };

	*p = (struct party){ 0 };
	if (from)
		identity_party(&shown, from);
	if (value)
		identity_party(p, value);
	if (!p->number[0])
		memcpy(p->number, shown.number, sizeof(p->number));
	if (!p->name[0])
		memcpy(p->name, shown.name, sizeof(p->name));
	if (is_nobody(p->name))
		p->name[0] = '\0';
	if (identity_is_private(said->privacy) || (from && is_anonymous(from)) ||
	    (value && value == said->remote_party &&
	     (strcasestr(value, "privacy=full") || strcasestr(value, "privacy=uri"))))
		p->presentation = PRESENTATION_PRIVATE;
	else if (!p->number[0])
		p->presentation = PRESENTATION_UNAVAILABLE;
}
