/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What we write of who calls. identity.c reads. */
#include "sip/identity.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

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
	while (*name && n > 1 && identity_continues(*name) && identity_continues(buf[n - 1]))
		n--;
	if (*name && n > 1 && identity_continues(*name))
		n--;
	buf[n++] = '"';
	buf[n++] = ' ';
	buf[n] = '\0';
}

/* RFC 3325 section 9: asserted by whom the provider trusts, preferred by whom
 * it checks. Remote-Party-ID never became a standard, but lives. */
static void assert_who(struct identity_headers *h, const struct identity_ours *ours,
		       const char *name, const char *uri, bool private)
{
	switch (ours->by) {
	case IDENTITY_PAI:
	case IDENTITY_PPI:
		snprintf(h->asserted, sizeof(h->asserted), "P-%s-Identity: %s<%s>",
			 ours->by == IDENTITY_PAI ? "Asserted" : "Preferred", name, uri);
		break;
	case IDENTITY_RPID:
		snprintf(h->asserted, sizeof(h->asserted),
			 "Remote-Party-ID: %s<%s>;party=%s;screen=no;privacy=%s",
			 name, uri, ours->called ? "called" : "calling", private ? "full" : "off");
		break;
	case IDENTITY_FROM:
		break;
	}
}

void identity_headers(struct identity_headers *h, const struct party *p,
		      const struct identity_ours *ours)
{
	const char *number = p->number[0] ? p->number : ours->user;
	bool private = p->presentation == PRESENTATION_PRIVATE;
	char uri[208], name[100];

	*h = (struct identity_headers){ 0 };
	if (identity_uri(uri, sizeof(uri), number, ours->domain) < 0)
		snprintf(uri, sizeof(uri), "sip:anonymous@anonymous.invalid");
	identity_quote(name, sizeof(name), p->name);
	if (p->presentation == PRESENTATION_ALLOWED) {
		snprintf(h->from, sizeof(h->from), "%s<%s>;tag=%s", name, uri,
			 ours->tag);
		if (number[0])
			assert_who(h, ours, name, uri, false);
		return;
	}
	/* RFC 3325 section 9.1: the provider may know, the callee may not. */
	snprintf(h->from, sizeof(h->from),
		 "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=%s",
		 ours->tag);
	if (private) {
		snprintf(h->privacy, sizeof(h->privacy), "id");
		if (number[0])
			assert_who(h, ours, name, uri, true);
	} else if (ours->user[0] &&
		   identity_uri(uri, sizeof(uri), ours->user, ours->domain) > 0) {
		assert_who(h, ours, "", uri, false);
	}
}
