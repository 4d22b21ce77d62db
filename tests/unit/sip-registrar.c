/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A registrar whose datagrams the test reads and writes. */
#define _GNU_SOURCE
#include "sip-registrar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/evp.h>

struct fixture f;
int fd = -1;

char *write_file(const char *name, const char *text, unsigned mode)
{
	static char path[4][128];
	static unsigned next;
	char *p = path[next++ % 4];
	FILE *file;

	snprintf(p, sizeof(path[0]), "%s/%s", f.directory, name);
	file = fopen(p, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	assert_int_equal(chmod(p, mode), 0);
	return p;
}

void init(void)
{
	fixture_init(&f);
	fd = peer_open(&f.peer);
	f.trunk[0].port = f.peer;
}

void init_registering(void)
{
	init();
	f.trunk[0].registers = true;
	f.trunk[0].user = "acme-user";
	f.trunk[0].auth_user = "acme-auth";
	f.trunk[0].secret_file = write_file("secret", "s3cret\n", 0600);
	f.trunk[0].expires = 60;
}

void stop(void)
{
	fixture_stop(&f);
	close(fd);
	assert_int_equal(media_ends, 0);
}

void expect_logged(const char *text, unsigned ms)
{
	if (!fixture_wait(&f, text, ms)) {
		fixture_print();
		fail_msg("\"%s\" did not happen", text);
	}
}

const char *expect_request(const char *method, unsigned ms)
{
	const char *m = peer_receive(&f, fd, ms);

	if (strncmp(m, method, strlen(method))) {
		fixture_print();
		fail_msg("instead of %s came \"%.300s\"", method, m);
	}
	return m;
}

static void hash(const char *name, char out[65], const char *format, ...)
{
	char text[512];
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	assert_int_equal(EVP_Digest(text, strlen(text), digest, &n,
				    EVP_get_digestbyname(name), NULL), 1);
	for (unsigned i = 0; i < n; i++)
		sprintf(out + 2 * i, "%02x", digest[i]);
}

const char *parameter(const char *header, const char *name, char value[128])
{
	const char *s = strstr(header, name);

	value[0] = '\0';
	if (s) {
		s += strlen(name);
		s += *s == '=';
		s += *s == '"';
		snprintf(value, 128, "%.*s", (int)strcspn(s, "\", "), s);
	}
	return value;
}

void check_hash(const char *name, const char *header, const char *method,
		       const char *nonce, const char *nc)
{
	char a1[65], a2[65], want[65], cnonce[128], uri[128], got[128], count[128];

	assert_string_equal(parameter(header, " nonce", got), nonce);
	parameter(header, "cnonce", cnonce);
	parameter(header, "uri", uri);
	assert_string_equal(parameter(header, "nc=", count), nc);
	hash(name, a1, "acme-auth:the realm:s3cret");
	hash(name, a2, "%s:%s", method, uri);
	hash(name, want, "%s:%s:%s:%s:auth:%s", a1, nonce, count, cnonce, a2);
	assert_string_equal(parameter(header, "response", got), want);
}

void check_digest(const char *header, const char *method, const char *nonce,
			 const char *nc)
{
	check_hash("MD5", header, method, nonce, nc);
}

void challenge(const char *request, const char *nonce, const char *more)
{
	char headers[512];

	snprintf(headers, sizeof(headers), "WWW-Authenticate: Digest realm=\"the "
		 "realm\", nonce=\"%s\", algorithm=MD5, qop=\"auth\"%s\n", nonce,
		 more);
	peer_answer(&f, fd, request, "401 Unauthorized", headers);
}

void grant(const char *request, unsigned expires)
{
	char headers[512];

	snprintf(headers, sizeof(headers), "Contact: %s;expires=%u\n",
		 header_of(request, "Contact"), expires);
	peer_answer(&f, fd, request, "200 OK", headers);
}
