/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Whom a certificate names (RFC 5922 section 7.1): the DNS names and sip: URIs of
 * its subjectAltName, IP addresses there for a peer that is configured by
 * address, and the common name only when there is no subjectAltName at all.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "sip/tls.h"

/* As a string, but only if no zero hides in it. */
static const char *text_of(const ASN1_STRING *s)
{
	const char *text = (const char *)ASN1_STRING_get0_data(s);
	int n = ASN1_STRING_length(s);

	return n > 0 && strlen(text) == (size_t)n ? text : NULL;
}

/* RFC 6125 section 6.4.3: the star is the whole left-most label and stands for
 * one; what remains has two at least. */
static bool same_name(const char *shown, const char *name, bool wildcards)
{
	const char *rest;

	if (!strcasecmp(shown, name))
		return true;
	if (!wildcards || strncmp(shown, "*.", 2))
		return false;
	rest = strchr(name, '.');
	return rest && rest != name && strchr(shown + 2, '.') &&
	       !strcasecmp(shown + 1, rest);
}

/* RFC 5922 section 7.1: scheme sip, no user; a port is of no account. */
static bool same_uri(const char *uri, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(uri, "sip:", 4))
		return false;
	uri += 4;
	return !strchr(uri, '@') && !strncasecmp(uri, name, n) &&
	       (!uri[n] || uri[n] == ':' || uri[n] == ';');
}

static bool one_matches(const GENERAL_NAME *g, const char *name,
			const unsigned char *address, int size, bool wildcards)
{
	const char *text;

	if (g->type == GEN_IPADD)
		return size && ASN1_STRING_length(g->d.iPAddress) == size &&
		       !memcmp(ASN1_STRING_get0_data(g->d.iPAddress), address,
			       (size_t)size);
	if (size || (g->type != GEN_DNS && g->type != GEN_URI))
		return false;
	text = text_of(g->type == GEN_DNS ? g->d.dNSName :
					    g->d.uniformResourceIdentifier);
	if (!text)
		return false;
	return g->type == GEN_DNS ? same_name(text, name, wildcards) :
				    same_uri(text, name);
}

static const char *common_name(const X509 *cert)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

	return at < 0 ? NULL : text_of(X509_NAME_ENTRY_get_data(
					X509_NAME_get_entry(subject, at)));
}

bool tls_name_matches(const X509 *cert, const char *name, bool wildcards)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL,
						NULL);
	unsigned char address[16];
	int size = inet_pton(AF_INET, name, address) == 1 ? 4 :
		   inet_pton(AF_INET6, name, address) == 1 ? 16 : 0;
	bool match = false;

	if (!names) {
		const char *common = common_name(cert);

		return common && !size && same_name(common, name, wildcards);
	}
	for (int i = 0; i < sk_GENERAL_NAME_num(names) && !match; i++)
		match = one_matches(sk_GENERAL_NAME_value(names, i), name, address,
				    size, wildcards);
	GENERAL_NAMES_free(names);
	return match;
}

static void show(const GENERAL_NAME *g, char *text, size_t size)
{
	const unsigned char *a;
	const char *name = NULL;

	*text = '\0';
	if (g->type == GEN_IPADD) {
		a = ASN1_STRING_get0_data(g->d.iPAddress);
		inet_ntop(ASN1_STRING_length(g->d.iPAddress) == 4 ? AF_INET :
			  AF_INET6, a, text, (socklen_t)size);
	} else if (g->type == GEN_DNS) {
		name = text_of(g->d.dNSName);
	} else if (g->type == GEN_URI) {
		name = text_of(g->d.uniformResourceIdentifier);
	}
	if (name)
		snprintf(text, size, "%s", name);
	/* It may come from anybody, and goes into a log. */
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void tls_name_list(const X509 *cert, char *text, size_t size)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL,
						NULL);
	const char *common = names ? NULL : common_name(cert);
	size_t n = 0;
	char one[64];

	snprintf(text, size, "%.60s", common ? common : "nobody");
	for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
		show(sk_GENERAL_NAME_value(names, i), one, sizeof(one));
		if (!*one || n + strlen(one) + 6 >= size)
			continue;
		n += (size_t)snprintf(text + n, size - n, "%s%s", n ? ", " : "", one);
	}
	GENERAL_NAMES_free(names);
}
