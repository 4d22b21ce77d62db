/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "sip/alert.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define URN "urn:alert:"

struct piece {
	const char *at;
	size_t n;
};

static bool begins(const struct piece *p, const char *with)
{
	return p->n >= strlen(with) && !strncasecmp(p->at, with, strlen(with));
}

static void skip(struct piece *p, size_t n)
{
	p->at += n;
	p->n -= n;
}

/* Adds a piece to the name in lower case; false: it cannot be one. */
static bool add(char *name, const struct piece *p)
{
	size_t have = strlen(name);

	if (!p->n || have + p->n >= ALERT_NAME_SIZE)
		return false;
	for (size_t i = 0; i < p->n; i++) {
		unsigned char c = (unsigned char)p->at[i];

		if (!isalnum(c) && !strchr("._-", c))
			return false;
		name[have + i] = (char)tolower(c);
	}
	name[have + p->n] = '\0';
	return true;
}

static struct piece until(const struct piece *p, const char *ends)
{
	struct piece out = { p->at, 0 };

	while (out.n < p->n && !strchr(ends, p->at[out.n]))
		out.n++;
	return out;
}

static bool by_urn(char *name, struct piece p)
{
	struct piece category, indication;

	skip(&p, strlen(URN));
	category = until(&p, ":");
	if (category.n == p.n)
		return false;
	skip(&p, category.n + 1);
	indication = until(&p, ":@");
	if (begins(&category, "source") && category.n == strlen("source"))
		return add(name, &indication);
	return add(name, &category) && add(name, &(struct piece){ "-", 1 }) &&
	       add(name, &indication);
}

/* The last segment of its path, without what says which file it is. */
static bool by_uri(char *name, struct piece p)
{
	if (begins(&p, URN))
		return by_urn(name, p);
	p = until(&p, "?#;");
	for (size_t i = p.n; i-- > 0;)
		if (p.at[i] == '/') {
			skip(&p, i + 1);
			break;
		}
	for (size_t i = p.n; i-- > 0;)
		if (p.at[i] == '.') {
			p.n = i;
			break;
		}
	return add(name, &p);
}

static bool by_info(char *name, struct piece p)
{
	if (begins(&p, "\"")) {
		skip(&p, 1);
		p = until(&p, "\"");
	} else {
		p = until(&p, ";, \t");
	}
	if (begins(&p, "alert-"))
		skip(&p, strlen("alert-"));
	return add(name, &p);
}

/* One value: <URI> and parameters, or what should stand in it without < >. */
static bool one(char *name, const struct piece *value)
{
	struct piece p = *value, uri = { 0 };

	if (begins(&p, "<")) {
		skip(&p, 1);
		uri = until(&p, ">");
		skip(&p, uri.n < p.n ? uri.n + 1 : uri.n);
	}
	for (struct piece q = p; q.n; skip(&q, 1)) {
		bool first = q.at == value->at || strchr("; \t", q.at[-1]);

		if (!first || !begins(&q, "info="))
			continue;
		skip(&q, strlen("info="));
		if (by_info(name, q))
			return true;
		*name = '\0';
		break;
	}
	if (!uri.at)
		uri = until(&p, ";, \t");
	return by_uri(name, uri);
}

void alert_read(char name[ALERT_NAME_SIZE], const char *header)
{
	*name = '\0';
	while (header && *header) {
		struct piece value = { header, 0 };
		bool angle = false, quoted = false;

		for (; *header && (angle || quoted || *header != ','); header++) {
			quoted ^= *header == '"';
			angle = *header == '<' || (angle && *header != '>');
		}
		value.n = (size_t)(header - value.at);
		header += *header == ',';
		while (value.n && isspace((unsigned char)*value.at))
			skip(&value, 1);
		if (value.n && one(name, &value))
			return;
		*name = '\0';
	}
}
