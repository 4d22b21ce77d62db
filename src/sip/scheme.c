/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What a URI begins with: sip:, sips: (RFC 5630), tel: (RFC 3966). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sip/leg.h"

/* "<sip:USER@HOST;transport=tls>" to "<sips:USER@HOST>": RFC 5630 section 3.1.4
 * has no transport=tls. */
static int secure(char *contact, size_t size)
{
	char *transport = strstr(contact, ";transport=tls");
	size_t n;

	if (transport)
		memmove(transport, transport + 14, strlen(transport + 14) + 1);
	n = strlen(contact);
	if (n + 2 > size)
		return -ENOSPC;
	memmove(contact + 5, contact + 4, n - 4 + 1);
	contact[4] = 's';
	return 0;
}

const char *scheme_of(const struct provider *p)
{
	return p->conf->called_uri == URI_SIPS ? "sips" : "sip";
}

int scheme_binding(struct provider *p, const struct sockaddr *peer, const char *user,
		   char *contact, size_t size)
{
	int err = provider_contact(p, p->conf->transport, peer, user, contact, size);

	return err || p->conf->called_uri != URI_SIPS ? err : secure(contact, size);
}

int scheme_contact(struct trunk_leg *t, const struct sockaddr *peer, char *contact,
		   size_t size)
{
	int err = provider_contact(t->provider, t->transport, peer, t->user, contact,
				   size);

	return err || !t->sips ? err : secure(contact, size);
}

bool scheme_broken(const sip_t *sip)
{
	return sip->sip_request->rq_url->url_type == url_sips &&
	       (!sip->sip_via || strcasecmp(sip->sip_via->v_protocol, "SIP/2.0/TLS"));
}

/* Section 5.1.5: a number that is not of the whole world has a context. */
static int tel(char *buf, size_t size, const char *number, const char *domain)
{
	size_t host = domain[0] == '[' ? strcspn(domain, "]") + 1 : strcspn(domain, ":");
	char digits[3 * PARTY_NUMBER_SIZE];
	size_t n = 0;
	int length;

	for (const char *c = number; *c; c++)
		n += (size_t)snprintf(digits + n, sizeof(digits) - n,
				      *c == '#' ? "%%23" : "%c", *c);
	digits[n] = '\0';
	length = number[0] == '+' ? snprintf(buf, size, "tel:%s", digits) :
		 snprintf(buf, size, "tel:%s;phone-context=%.*s", digits, (int)host,
			  domain);
	return (size_t)length < size ? length : -ENOSPC;
}

int scheme_called(char *buf, size_t size, const char *number,
		  const struct trunk_leg *t)
{
	const char *digits = number + (number[0] == '+');
	int n;

	/* A name has no number. */
	if (t->policy.called_uri == URI_TEL && *digits &&
	    strspn(digits, "0123456789*#") == strlen(digits))
		return tel(buf, size, number, t->domain);
	n = identity_uri(buf, size, number, t->domain);
	if (n < 0 || !t->sips)
		return n;
	if ((size_t)n + 2 > size)
		return -ENOSPC;
	memmove(buf + 4, buf + 3, (size_t)n - 3 + 1);
	buf[3] = 's';
	return n + 1;
}
