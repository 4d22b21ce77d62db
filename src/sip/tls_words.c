/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* What went wrong with TLS, as one sentence with the cure where there is one. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sip/tls.h"
#include "sip/tls_guard.h"

/* "2026-11-25 16:00 UTC" */
static void date(const ASN1_TIME *t, char text[24])
{
	struct tm tm;

	strcpy(text, "?");
	if (t && ASN1_TIME_to_tm(t, &tm) == 1)
		strftime(text, 24, "%Y-%m-%d %H:%M UTC", &tm);
}

static void common(const X509_NAME *name, char *text, int size)
{
	int at = name ? X509_NAME_get_index_by_NID(name, NID_commonName, -1) : -1;
	const ASN1_STRING *s = at < 0 ? NULL : X509_NAME_ENTRY_get_data(
						X509_NAME_get_entry(name, at));

	snprintf(text, (size_t)size, "%.*s", s ? ASN1_STRING_length(s) : 7,
		 s ? (const char *)ASN1_STRING_get0_data(s) : "no name");
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void tls_verify_words(X509_STORE_CTX *store, char *why, size_t size)
{
	const X509 *cert = X509_STORE_CTX_get_current_cert(store);
	int err = X509_STORE_CTX_get_error(store);
	bool issuer = X509_STORE_CTX_get_error_depth(store) > 0;
	const char *whose = issuer ? "its issuer's certificate" : "its certificate";
	char when[24], name[64];

	switch (err) {
	case X509_V_ERR_CERT_HAS_EXPIRED:
		date(cert ? X509_get0_notAfter(cert) : NULL, when);
		snprintf(why, size, "%s expired on %s", whose, when);
		return;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		date(cert ? X509_get0_notBefore(cert) : NULL, when);
		snprintf(why, size, "%s is not yet valid, only from %s; look at "
			 "our own clock, too", whose, when);
		return;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		common(cert ? X509_get_issuer_name(cert) : NULL, name, sizeof(name));
		snprintf(why, size, "its certificate comes from an unknown issuer, "
			 "\"%s\"; if it is to be trusted, set tls_ca_file", name);
		return;
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
		common(cert ? X509_get_subject_name(cert) : NULL, name, sizeof(name));
		snprintf(why, size, "its certificate comes from an unknown issuer, "
			 "itself (\"%s\"); if it is to be trusted, set "
			 "tls_ca_file", name);
		return;
	default:
		snprintf(why, size, "%s: %s", whose,
			 X509_verify_cert_error_string(err));
		return;
	}
}

/* Alerts that the far end sends, and what else has a cure. */
static const struct {
	int reason;
	const char *words;
} known[] = {
	{ SSL_R_WRONG_VERSION_NUMBER, "it does not speak TLS on this port" },
	{ SSL_R_HTTP_REQUEST, "it does not speak TLS on this port" },
	{ SSL_R_UNSUPPORTED_PROTOCOL, "it speaks no TLS later than 1.1" },
	{ SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, "it takes no TLS version of ours" },
	{ SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE,
	  "it refuses the handshake: no cipher in common, or it wants a "
	  "certificate of ours (tls_certificate_file)" },
	{ SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
	  "it wants a certificate of ours; set tls_certificate_file" },
	{ SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, "it does not take our certificate" },
	{ SSL_R_TLSV1_ALERT_UNKNOWN_CA,
	  "it does not know who issued our certificate" },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, "it says our certificate expired" },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, "it does not take our certificate" },
	{ SSL_R_TLSV1_UNRECOGNIZED_NAME, "it does not know the name it was called by" },
	{ SSL_R_NO_SHARED_CIPHER, "no cipher in common" },
	{ SSL_R_UNEXPECTED_EOF_WHILE_READING, "it closed the connection" },
};

void tls_handshake_words(const SSL *ssl, int ret, char *why, size_t size)
{
	unsigned long e = ERR_peek_error();
	int saved = errno, reason = ERR_GET_REASON(e);
	const char *text = e ? ERR_reason_error_string(e) : NULL;

	if (SSL_get_error(ssl, ret) == SSL_ERROR_SYSCALL || !e) {
		snprintf(why, size, "%s", saved && ret < 0 ? strerror(saved) :
			 "it closed the connection");
		return;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (ERR_GET_LIB(e) == ERR_LIB_SSL && known[i].reason == reason) {
			snprintf(why, size, "%s", known[i].words);
			return;
		}
	snprintf(why, size, "%s", text ? text : "failed");
}
