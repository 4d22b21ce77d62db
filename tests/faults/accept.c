/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* Without descriptors the library is woken for a connection that it cannot take,
 * again and again, and does nothing else. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "fault.h"

#define STEPS 20

static int tried;

int accept(int fd, __SOCKADDR_ARG address, socklen_t *restrict size)
{
	__typeof__(&accept) next;

	tried++;
	*(void **)&next = dlsym(RTLD_NEXT, "accept");
	return next(fd, address, size);
}

int main(void)
{
	struct rlimit few = { 64, 64 };
	struct sockaddr_in to, own;
	int fd = local_socket(SOCK_STREAM, &own);

	if (fd < 0 || setrlimit(RLIMIT_NOFILE, &few) < 0 ||
	    !listen_at("tcp", &to) ||
	    connect(fd, (void *)&to, sizeof(to)) < 0)
		return verdict("accept", UNKNOWN);
	while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
		;
	for (int i = 0; i < STEPS; i++)
		su_root_step(root, STEP_MS);
	/* A cured one pauses. */
	return verdict("accept", !tried ? UNKNOWN : tried > STEPS / 2 ? FAULT : CURED);
}
