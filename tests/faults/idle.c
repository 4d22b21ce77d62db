/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A connection that never says a word stays for ever, whatever the library was told
 * of the time that one may be idle. */
#define _GNU_SOURCE
#include <errno.h>

#include "fault.h"

#define STEPS 75		/* ten times what it was told, and more */

int main(void)
{
	struct sockaddr_in to, own;
	int fd = local_socket(SOCK_STREAM, &own);
	ssize_t n = -1;
	char c;

	if (fd < 0 || !listen_at("tcp", &to) ||
	    connect(fd, (void *)&to, sizeof(to)) < 0)
		return verdict("idle", UNKNOWN);
	for (int i = 0; i < STEPS && n < 0; i++) {
		su_root_step(root, STEP_MS);
		n = recv(fd, &c, 1, MSG_DONTWAIT);
		if (n < 0 && errno != EAGAIN)
			n = 0;
	}
	return verdict("idle", n < 0 ? FAULT : CURED);
}
