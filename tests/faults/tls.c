/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The library makes an SSL object for each TLS connection and never frees it. */
#define _GNU_SOURCE
#include <dlfcn.h>

#include <openssl/ssl.h>

#include "fault.h"

static int made, freed;

SSL *SSL_new(SSL_CTX *context)
{
	__typeof__(&SSL_new) next;

	made++;
	*(void **)&next = dlsym(RTLD_NEXT, "SSL_new");
	return next(context);
}

void SSL_free(SSL *ssl)
{
	__typeof__(&SSL_free) next;

	freed += ssl != NULL;
	*(void **)&next = dlsym(RTLD_NEXT, "SSL_free");
	next(ssl);
}

int main(void)
{
	struct sockaddr_in to, own;
	int fd = local_socket(SOCK_STREAM, &own);

	if (fd < 0 || !listen_at("tls", &to) ||
	    connect(fd, (void *)&to, sizeof(to)) < 0)
		return verdict("tls", UNKNOWN);
	for (int i = 0; i < 50 && !made; i++)
		su_root_step(root, STEP_MS);
	close(fd);		/* the library sees the end, and closes */
	for (int i = 0; i < 25 && !freed; i++)
		su_root_step(root, STEP_MS);
	return verdict("tls", !made ? UNKNOWN : freed ? CURED : FAULT);
}
