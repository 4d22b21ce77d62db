/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * check.c - tipringd checks its own configuration: one program knows the rules.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

/* Beside us in a build tree, else where it is installed. */
static const char *find(char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	if (n > 0) {
		path[n] = 0;
		slash = strrchr(path, '/');
		if (slash && (size_t)(slash - path) + sizeof("/tipringd") < size) {
			strcpy(slash, "/tipringd");
			if (!access(path, X_OK))
				return path;
		}
	}
	return SBINDIR "/tipringd";
}

static int missing(const char *program)
{
	fprintf(stderr, "tipring: %s: %s; install the package tipring again\n",
		program, strerror(errno));
	return CLI_FAILED;
}

int cli_scan(struct cli *c)
{
	char path[PATH_MAX];
	const char *program = find(path, sizeof(path));

	if (c->argc > 2)
		return cli_usage(c, "takes nothing behind --scan");
	execl(program, "tipringd", "--scan", (char *)NULL);
	return missing(program);
}

int cli_setup(struct cli *c)
{
	char path[PATH_MAX];
	const char *program = find(path, sizeof(path));
	bool yes = c->argc == 3 && !strcmp(c->argv[2], "--yes");

	if (c->argc > 2 && !yes)
		return cli_usage(c, "takes nothing but --yes behind --setup");
	execl(program, "tipringd", "--setup", yes ? "--yes" : NULL, (char *)NULL);
	return missing(program);
}

int cli_check(struct cli *c)
{
	char path[PATH_MAX];
	const char *program = find(path, sizeof(path));

	if (c->argc > 2)
		return cli_usage(c, "takes one file");
	if (c->argc == 2)
		execl(program, "tipringd", "--check", "--config", c->argv[1],
		      (char *)NULL);
	else
		execl(program, "tipringd", "--check", (char *)NULL);
	return missing(program);
}
