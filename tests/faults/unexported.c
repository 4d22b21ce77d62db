/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Says what the check at the start says; one guard is not exported in this program,
 * as if it had been linked wrongly. */
#include <stdio.h>

#include <openssl/ssl.h>

#include "base/loop.h"
#include "sip/agent.h"
#include "sip/guards.h"
#include "sip/tls.h"

int main(void)
{
	struct loop *loop = loop_su_new();
	SSL_CTX *context = SSL_CTX_new(TLS_method());
	char why[200] = "all guards are in force";

	tls_start(&loop->timers, 1000);
	/* As the library does for its own. */
	SSL_CTX_set_cipher_list(context, "DEFAULT");
	guards_check(why, sizeof(why));
	fprintf(stderr, "%s\n", why);
	SSL_CTX_free(context);
	tls_stop();
	loop_free(loop);
	return 0;
}
