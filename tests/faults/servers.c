/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* A question under way remembers its name server by its place in the list; when
 * /etc/resolv.conf has fewer of them meanwhile, the library asserts that the place is
 * taken. With an argument: the file to write, of which the guard, if it is in this
 * program, knows. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <sofia-sip/sresolv.h>

#include "fault.h"

static char made[] = "/tmp/servers-XXXXXX";
static const char *file = made;
static time_t ahead;

/* Stands before the C library's: the library looks at the file every 180 s. */
time_t time(time_t *t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += ahead;
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}

/* count of the silent server's. */
static int names(unsigned port, unsigned count)
{
	FILE *f = fopen(file, "w");

	if (!f)
		return 0;
	fprintf(f, "port %u\n", port);
	while (count--)
		fprintf(f, "nameserver 127.0.0.1\n");
	return !fclose(f);
}

static void got(sres_context_t *context, sres_query_t *query, sres_record_t **records)
{
	(void)context;
	(void)query;
	(void)records;
	answered = 1;
}

/* How often a question came. */
static unsigned asked(int fd)
{
	static unsigned times;
	char p[512];

	while (recv(fd, p, sizeof(p), MSG_DONTWAIT) > 0)
		times++;
	return times;
}

/* Until that many came, or ms are over; a step may take no time. */
static void wait_for(int fd, unsigned times, unsigned ms)
{
	struct timespec now;
	uint64_t end = 0, at;

	do {
		su_root_step(root, STEP_MS);
		clock_gettime(CLOCK_MONOTONIC, &now);
		at = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
		end = end ? end : at + ms;
	} while (asked(fd) < times && at < end);
}

static int try(int fd, unsigned port)
{
	sres_resolver_t *res;
	unsigned seen;

	su_init();
	root = su_root_create(NULL);
	res = names(port, 2) ? sres_resolver_create(root, file, TAG_END()) : NULL;
	if (!res || !sres_query(res, got, NULL, sres_type_a, "silent.invalid"))
		return UNKNOWN;
	/* The second question went to the second server. */
	wait_for(fd, 2, 20000);
	/* The file's second is another one by now, by any clock. */
	wait_for(fd, 3, 100);
	if (asked(fd) % 2)
		wait_for(fd, asked(fd) + 1, 20000);
	seen = asked(fd);
	if (seen < 2 || !names(port, 1))
		return UNKNOWN;
	ahead = 181;
	sres_query(res, got, NULL, sres_type_a, "other.invalid");
	ahead = 0;
	/* That one, and the first once more. */
	wait_for(fd, seen + 3, 20000);
	return asked(fd) >= seen + 3 ? CURED : UNKNOWN;
}

int main(int argc, char **argv)
{
	const struct rlimit no_core = { 0, 0 };
	struct sockaddr_in at;
	int fd = local_socket(SOCK_DGRAM, &at), status = 0;
	int temporary = argc > 1 ? -1 : mkstemp(made);
	pid_t child = -1;

	if (argc > 1)
		file = argv[1];
	if (fd >= 0 && (temporary >= 0 || argc > 1))
		child = fork();
	if (!child) {
		setrlimit(RLIMIT_CORE, &no_core);
		_exit(try(fd, ntohs(at.sin_port)));
	}
	if (temporary >= 0)
		close(temporary);
	if (child > 0 && waitpid(child, &status, 0) != child)
		child = -1;
	if (temporary >= 0)
		unlink(made);
	if (child > 0 && WIFSIGNALED(status))
		return verdict("servers", WTERMSIG(status) == SIGABRT ? FAULT : UNKNOWN);
	return verdict("servers", child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) :
								  UNKNOWN);
}
