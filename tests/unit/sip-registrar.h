/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * sip-registrar.h - trunk "acme" of the fixture, whose provider is a socket; what
 * a registrar asks for and grants. What is not as expected fails the test.
 */
#ifndef TESTS_SIP_REGISTRAR_H
#define TESTS_SIP_REGISTRAR_H

#include "sip-fixture.h"

extern struct fixture f;
extern int fd;			/* the provider's */

/* The second one registers for 60 s: acme-user, acme-auth, s3cret. */
void init(void);
void init_registering(void);
void stop(void);

/* A file of this test; its path is good for four files. */
char *write_file(const char *name, const char *text, unsigned mode);

void expect_logged(const char *text, unsigned ms);
const char *expect_request(const char *method, unsigned ms);

/* The value of a parameter, without quotes, "" when there is none. */
const char *parameter(const char *header, const char *name, char value[128]);

/* Works out by hand (RFC 7616 section 3.4.1) what the response in realm "the
 * realm" must be. name: OpenSSL's of the hash; without it MD5. */
void check_hash(const char *name, const char *header, const char *method,
		const char *nonce, const char *nc);
void check_digest(const char *header, const char *method, const char *nonce,
		  const char *nc);

/* 401 with MD5; more: further parameters, ", x=y". */
void challenge(const char *request, const char *nonce, const char *more);
/* 200 for the contact that was sent. */
void grant(const char *request, unsigned expires);

#endif
