/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/glance.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sip/access.h"

static bool is(struct glance_text s, const char *word)
{
	return s.size == strlen(word) && !strncasecmp(s.at, word, s.size);
}

static struct glance_text trim(struct glance_text s)
{
	while (s.size && strchr(" \t\r\n", *s.at) && *s.at)
		s.at++, s.size--;
	while (s.size && strchr(" \t\r\n", s.at[s.size - 1]) && s.at[s.size - 1])
		s.size--;
	return s;
}

static void keep(char *out, size_t room, struct glance_text s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.size && n + 1 < room; i++) {
		char c = s.at[i];

		out[n++] = c > ' ' && c < 0x7f && c != '"' && c != '\\' ? c :
			   c == ' ' ? ' ' : '_';
	}
	out[n] = '\0';
}

/* The next line with those that continue it; data moves behind it. */
static bool next_line(struct glance_text *data, struct glance_text *line)
{
	const char *end;
	size_t n = 0;

	if (!data->size)
		return false;
	do {
		end = memchr(data->at + n, '\n', data->size - n);
		n = end ? (size_t)(end - data->at) + 1 : data->size;
	} while (end && n < data->size && n > 2 &&
		 (data->at[n] == ' ' || data->at[n] == '\t'));
	*line = (struct glance_text){ data->at, n };
	while (line->size && (line->at[line->size - 1] == '\n' ||
			      line->at[line->size - 1] == '\r'))
		line->size--;
	data->at += n;
	data->size -= n;
	return line->size > 0;	/* an empty one ends the headers */
}

static bool header(struct glance_text line, struct glance_text *name, struct glance_text *value)
{
	const char *colon = memchr(line.at, ':', line.size);

	if (!colon)
		return false;
	*name = trim((struct glance_text){ line.at, (size_t)(colon - line.at) });
	*value = trim((struct glance_text){ colon + 1,
		      line.size - (size_t)(colon + 1 - line.at) });
	return true;
}

/* "sip:USER:PASSWORD@host", "tel:NUMBER" */
static struct glance_text user_part(struct glance_text uri)
{
	const char *colon = memchr(uri.at, ':', uri.size), *end;
	struct glance_text user = { uri.at, 0 };

	if (!colon)
		return user;
	user.at = colon + 1;
	user.size = uri.size - (size_t)(user.at - uri.at);
	end = memchr(user.at, '@', user.size);
	if (!end && !is((struct glance_text){ uri.at, (size_t)(colon - uri.at) }, "tel"))
		return (struct glance_text){ uri.at, 0 };
	if (end)
		user.size = (size_t)(end - user.at);
	for (size_t i = 0; i < user.size; i++)
		if (user.at[i] == ':' || user.at[i] == ';')
			user.size = i;
	return user;
}

/* True for the first line of a request. */
static bool start_line(struct glance_text line, struct glance_text *method,
		       struct glance_text *uri)
{
	const char *space = memchr(line.at, ' ', line.size), *end;

	if (!space)
		return false;
	*method = (struct glance_text){ line.at, (size_t)(space - line.at) };
	uri->at = space + 1;
	uri->size = line.size - (size_t)(uri->at - line.at);
	end = memchr(uri->at, ' ', uri->size);
	if (!end || uri->size - (size_t)(end - uri->at) < 5 ||
	    strncasecmp(end + 1, "SIP/", 4))
		return false;
	uri->size = (size_t)(end - uri->at);
	return true;
}

static void read_start(struct glance *g, struct glance_text line)
{
	struct glance_text method, uri;

	if (line.size >= 4 && !strncasecmp(line.at, "SIP/", 4)) {
		g->response = true;
		return;
	}
	if (!start_line(line, &method, &uri))
		return;
	keep(g->method, sizeof(g->method), method);
	keep(g->called, sizeof(g->called), user_part(uri));
}

bool glance_is(struct glance_text t, const char *word, const char *brief)
{
	return is(t, word) || is(t, brief);
}

bool glance_headers(const char *data, size_t size, struct glance_text *method,
		    struct glance_text *uri,
		    void (*fn)(void *, struct glance_text, struct glance_text),
		    void *arg)
{
	struct glance_text rest = { data, size }, line, name, value;

	if (!next_line(&rest, &line) ||
	    (line.size >= 4 && !strncasecmp(line.at, "SIP/", 4)) ||
	    !start_line(line, method, uri))
		return false;
	while (next_line(&rest, &line))
		if (header(line, &name, &value))
			fn(arg, name, value);
	return true;
}

static bool has_tag(struct glance_text to)
{
	for (size_t i = 1; i + 4 < to.size; i++)
		if (!strncasecmp(to.at + i, "tag=", 4) &&
		    (to.at[i - 1] == ';' || to.at[i - 1] == ' '))
			return true;
	return false;
}

void glance_read(struct glance *g, const char *data, size_t size)
{
	struct glance_text rest = { data, size }, line, name, value;

	memset(g, 0, sizeof(*g));
	if (!next_line(&rest, &line))
		return;
	read_start(g, line);
	g->inside = !strcmp(g->method, "ACK") || !strcmp(g->method, "BYE") ||
		    !strcmp(g->method, "CANCEL");
	while (next_line(&rest, &line)) {
		if (!header(line, &name, &value))
			continue;
		if (is(name, "User-Agent"))
			keep(g->agent, sizeof(g->agent), value);
		else if (is(name, "To") || is(name, "t"))
			g->inside = g->inside || has_tag(value);
	}
}

static struct glance_text text_span(const char *text)
{
	return (struct glance_text){ text ? text : "", text ? strlen(text) : 0 };
}

void glance_set(struct glance *g, const char *method, const char *called,
		const char *agent)
{
	memset(g, 0, sizeof(*g));
	keep(g->method, sizeof(g->method), text_span(method));
	keep(g->called, sizeof(g->called), text_span(called));
	keep(g->agent, sizeof(g->agent), text_span(agent));
}

/* ------------------------------------------------------------------ refusal */

struct answer {
	char *at;
	size_t room, used;
	bool full;
};

static void put(struct answer *a, const char *text, size_t size)
{
	if (a->full || size >= a->room - a->used) {
		a->full = true;
		return;
	}
	memcpy(a->at + a->used, text, size);
	a->used += size;
	a->at[a->used] = '\0';
}

static void put_text(struct answer *a, const char *text)
{
	put(a, text, strlen(text));
}

/* Where it came from goes into the first Via (RFC 3261 section 18.2.1, RFC
 * 3581 section 4): an rport without a value gets one. */
static void put_via(struct answer *a, struct glance_text via, const struct sockaddr *from)
{
	const char *comma = memchr(via.at, ',', via.size);
	size_t first = comma ? (size_t)(comma - via.at) : via.size, at = first;
	char host[ADDRESS_TEXT], text[ADDRESS_TEXT + 16];

	for (size_t i = 0; i + 6 <= first; i++)
		if (!strncasecmp(via.at + i, ";rport", 6) &&
		    (i + 6 == first || via.at[i + 6] == ';'))
			at = i + 6;
	put(a, via.at, at);
	if (at > 5 && !strncasecmp(via.at + at - 6, ";rport", 6)) {
		snprintf(text, sizeof(text), "=%u", address_port(from));
		put_text(a, text);
	}
	put(a, via.at + at, first - at);
	address_host(host, from, false);
	snprintf(text, sizeof(text), ";received=%s", host);
	put_text(a, text);
	put(a, via.at + first, via.size - first);
}

static void put_to(struct answer *a, struct glance_text to)
{
	put(a, to.at, to.size);
	for (size_t i = 0; i + 5 <= to.size; i++)
		if (!strncasecmp(to.at + i, ";tag=", 5))
			return;
	put_text(a, ";tag=stranger");
}

enum { VIA = 1, FROM = 2, TO = 4, CALL_ID = 8, CSEQ = 16, ALL = 31 };

static unsigned put_header(struct answer *a, struct glance_text name, struct glance_text value,
			   unsigned seen, const struct sockaddr *from)
{
	static const struct {
		const char *name, *brief;
		unsigned bit;
	} wanted[] = {
		{ "Via", "v", VIA }, { "From", "f", FROM }, { "To", "t", TO },
		{ "Call-ID", "i", CALL_ID }, { "CSeq", "CSeq", CSEQ },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		unsigned bit = wanted[i].bit;

		if (!is(name, wanted[i].name) && !is(name, wanted[i].brief))
			continue;
		if (bit != VIA && seen & bit)
			return 0;	/* twice */
		put_text(a, wanted[i].name);
		put_text(a, ": ");
		if (bit == VIA && !(seen & VIA))
			put_via(a, value, from);
		else if (bit == TO)
			put_to(a, value);
		else
			put(a, value.at, value.size);
		put_text(a, "\r\n");
		return bit;
	}
	return 0;
}

size_t glance_answer(const char *data, size_t size, const struct sockaddr *from,
		     const char *status, const char *more, char *out, size_t room)
{
	struct answer a = { out, room, 0, !room };
	struct glance_text rest = { data, size }, line, name, value;
	struct glance g = { .response = false };
	unsigned seen = 0;

	if (!next_line(&rest, &line))
		return 0;
	read_start(&g, line);
	if (!g.method[0] || !strcasecmp(g.method, "ACK"))
		return 0;
	put_text(&a, "SIP/2.0 ");
	put_text(&a, status);
	put_text(&a, "\r\n");
	while (next_line(&rest, &line))
		if (header(line, &name, &value))
			seen |= put_header(&a, name, value, seen, from);
	put_text(&a, more);
	put_text(&a, "Content-Length: 0\r\n\r\n");
	return a.full || seen != ALL ? 0 : a.used;
}
