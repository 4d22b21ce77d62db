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

/* Where one value of a comma-separated header ends. */
static const char *value_end(const char *s)
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

/* A byte that goes on in a UTF-8 character: a cut must not fall before it. */
static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Cuts a name that was filled to the brim back to whole characters. */
static void whole_characters(char *name, size_t size)
{
	size_t n = strlen(name), lead;

	if (n < size - 1)
		return;
	for (lead = n; lead && continues(name[lead - 1]);)
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
		const char *end = value_end(value);
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

void identity_caller(struct party *p, const char *from, const char *asserted,
		     const char *remote_party, const char *privacy)
{
	struct party shown = { 0 };

	*p = (struct party){ 0 };
	if (from)
		identity_party(&shown, from);
	if (asserted)
		identity_party(p, asserted);
	else if (remote_party)
		identity_party(p, remote_party);
	if (!p->number[0])
		memcpy(p->number, shown.number, sizeof(p->number));
	if (!p->name[0])
		memcpy(p->name, shown.name, sizeof(p->name));
	if (is_nobody(p->name))
		p->name[0] = '\0';
	if (identity_is_private(privacy) || (from && is_anonymous(from)) ||
	    (!asserted && remote_party &&
	     (strcasestr(remote_party, "privacy=full") ||
	      strcasestr(remote_party, "privacy=uri"))))
		p->presentation = PRESENTATION_PRIVATE;
	else if (!p->number[0])
		p->presentation = PRESENTATION_UNAVAILABLE;
}

/* ----------------------------------------------------------------- writing */

int identity_uri(char *buf, size_t size, const char *number, const char *domain)
{
	char user[3 * 128 + 1];
	size_t n = 0;
	int length;

	for (; *number; number++) {
		if (n + 3 >= sizeof(user))
			return -ENOSPC;
		if (isalnum((unsigned char)*number) ||
		    strchr("-_.!~*'()&=+$,;?/", *number))
			user[n++] = *number;
		else
			n += (size_t)sprintf(user + n, "%%%02X",
					     (unsigned char)*number);
	}
	user[n] = '\0';
	length = n ? snprintf(buf, size, "sip:%s@%s", user, domain) :
		     snprintf(buf, size, "sip:%s", domain);
	return (size_t)length < size ? length : -ENOSPC;
}

void identity_quote(char *buf, size_t size, const char *name)
{
	size_t n = 0;

	buf[0] = '\0';
	if (!*name || size < 8)
		return;
	buf[n++] = '"';
	for (; *name && n < size - 4; name++) {
		if (*name == '"' || *name == '\\')
			buf[n++] = '\\';
		if ((unsigned char)*name >= ' ' && *name != 0x7f)
			buf[n++] = *name;
	}
	while (*name && n > 1 && continues(*name) && continues(buf[n - 1]))
		n--;
	if (*name && n > 1 && continues(*name))
		n--;
	buf[n++] = '"';
	buf[n++] = ' ';
	buf[n] = '\0';
}

void identity_headers(struct identity_headers *h, const struct party *p,
		      const char *user, const char *domain, const char *tag)
{
	const char *number = p->number[0] ? p->number : user;
	char uri[208], name[100];

	*h = (struct identity_headers){ 0 };
	if (identity_uri(uri, sizeof(uri), number, domain) < 0)
		snprintf(uri, sizeof(uri), "sip:anonymous@anonymous.invalid");
	identity_quote(name, sizeof(name), p->name);
	if (p->presentation == PRESENTATION_ALLOWED) {
		snprintf(h->from, sizeof(h->from), "%s<%s>;tag=%s", name, uri, tag);
		if (number[0])
			snprintf(h->asserted, sizeof(h->asserted), "%s<%s>", name,
				 uri);
		return;
	}
	/* RFC 3325 section 9.1: the provider may know, the callee may not. */
	snprintf(h->from, sizeof(h->from),
		 "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=%s", tag);
	if (p->presentation == PRESENTATION_PRIVATE) {
		snprintf(h->privacy, sizeof(h->privacy), "id");
		if (number[0])
			snprintf(h->asserted, sizeof(h->asserted), "%s<%s>", name,
				 uri);
	} else if (user[0] && identity_uri(uri, sizeof(uri), user, domain) > 0) {
		snprintf(h->asserted, sizeof(h->asserted), "<%s>", uri);
	}
}
