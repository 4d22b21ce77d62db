/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE
#include "sip/diversion.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sip/identity.h"

static const struct {
	const char *word;	/* RFC 5806 */
	int cause;		/* RFC 4458 */
} reasons[] = {
	[DIVERSION_UNKNOWN] = { "unknown", 404 },
	[DIVERSION_UNCONDITIONAL] = { "unconditional", 302 },
	[DIVERSION_BUSY] = { "user-busy", 486 },
	[DIVERSION_NO_ANSWER] = { "no-answer", 408 },
	[DIVERSION_DEFLECTION] = { "deflection", 480 },
	[DIVERSION_UNAVAILABLE] = { "unavailable", 503 },
};

#define REASONS (sizeof(reasons) / sizeof(reasons[0]))

static enum diversion_reason of_word(const char *word, size_t n)
{
	for (size_t i = 0; i < REASONS; i++)
		if (strlen(reasons[i].word) == n && !strncasecmp(reasons[i].word,
								 word, n))
			return (enum diversion_reason)i;
	return DIVERSION_UNKNOWN;
}

static enum diversion_reason of_cause(int cause)
{
	for (size_t i = 0; i < REASONS; i++)
		if (reasons[i].cause == cause)
			return (enum diversion_reason)i;
	/* Deflection while it rang. */
	return cause == 487 ? DIVERSION_DEFLECTION : DIVERSION_UNKNOWN;
}

#define VALUE 320	/* bytes of one value that are looked at */

/* The next value of a header; NULL: no more. */
static const char *next_value(const char *s, char value[VALUE])
{
	const char *end;
	size_t n;

	s += strspn(s, ", \t");
	if (!*s)
		return NULL;
	end = identity_value_end(s);
	n = (size_t)(end - s) < VALUE - 1 ? (size_t)(end - s) : VALUE - 1;
	memcpy(value, s, n);
	value[n] = '\0';
	return end;
}

/* The topmost is the last one (section 5.2). */
static void read_diversion(struct party *p, enum diversion_reason *why,
			   const char *header)
{
	char value[VALUE], *reason;

	if (!next_value(header, value))
		return;
	identity_party(p, value);
	reason = strcasestr(value, ";reason=");
	if (reason) {
		reason += 8 + (reason[8] == '"');
		*why = of_word(reason, strcspn(reason, ";\", \t"));
	}
	if (strcasestr(value, "privacy=full") || strcasestr(value, "privacy=uri"))
		p->presentation = PRESENTATION_PRIVATE;
}

/* 0: none. In the target's URI as RFC 4458 has it, or in the Reason that the
 * URI before it has as an escaped header (RFC 7044 section 5). */
static int cause_in(const char *value, const char *name, size_t length)
{
	const char *s = strcasestr(value, name);

	return s ? atoi(s + length) : 0;
}

/* The last value is where the call goes now, the one before sent it there. An
 * entry without a cause is a proxy's work. */
static void read_history(struct party *p, enum diversion_reason *why,
			 const char *header)
{
	char value[2][VALUE] = { "", "" };
	unsigned n = 0;
	int cause;

	while ((header = next_value(header, value[n % 2])))
		n++;
	if (n < 2)
		return;
	cause = cause_in(value[(n - 1) % 2], ";cause=", 7);
	if (!cause)
		cause = cause_in(value[n % 2], "cause%3D", 8);
	if (!cause)
		return;
	identity_party(p, value[n % 2]);
	*why = of_cause(cause);
	if (strcasestr(value[n % 2], "privacy=history") ||
	    strcasestr(value[n % 2], "privacy=id"))
		p->presentation = PRESENTATION_PRIVATE;
}

void diversion_read(struct party *p, enum diversion_reason *why,
		    const char *diversion, const char *history)
{
	*p = (struct party){ 0 };
	*why = DIVERSION_UNKNOWN;
	if (diversion)
		read_diversion(p, why, diversion);
	if (!p->number[0] && history)
		read_history(p, why, history);
	if (!p->number[0])
		*p = (struct party){ 0 };
}

void diversion_write(char *buf, size_t size, enum trunk_diversion how,
		     const struct leg_offer *o, const char *number,
		     const char *called, const char *domain)
{
	bool private = o->diverting.presentation == PRESENTATION_PRIVATE;
	char from[208], to[208], name[100];

	buf[0] = '\0';
	if (how == DIVERSION_OFF || !number[0] ||
	    identity_uri(from, sizeof(from), number, domain) < 0 ||
	    identity_uri(to, sizeof(to), called, domain) < 0)
		return;
	identity_quote(name, sizeof(name), o->diverting.name);
	if (how == DIVERSION_HEADER)
		snprintf(buf, size, "Diversion: %s<%s>;reason=%s;privacy=%s", name,
			 from, reasons[o->diversion].word,
			 private ? "full" : "off");
	else
		snprintf(buf, size, "History-Info: %s<%s%s>;index=1, "
			 "<%s;cause=%d>;index=1.1", name, from,
			 private ? "?Privacy=history" : "", to,
			 reasons[o->diversion].cause);
}
