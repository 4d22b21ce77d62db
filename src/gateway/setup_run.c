/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* setup_run.c - programs and files that setup.c works with. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/setup.h"

#define FILE_MOST (1 << 20)

bool setup_find(const char *program, char *path, size_t size)
{
	const char *dirs = getenv("PATH");
	char all[4096], *rest = all, *dir;

	snprintf(all, sizeof(all), "%s:/usr/sbin:/sbin", dirs ? dirs : "");
	while ((dir = strsep(&rest, ":"))) {
		if (*dir != '/' ||
		    (size_t)snprintf(path, size, "%s/%s", dir, program) >= size)
			continue;
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

int setup_run(char *const argv[], const char *out)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		int fd = out ? open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

		if (fd >= 0) {
			dup2(fd, STDOUT_FILENO);
			dup2(fd, STDERR_FILENO);
		}
		execv(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

char *setup_read(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text;
	size_t n;

	if (!f)
		return NULL;
	text = malloc(FILE_MOST);
	if (text) {
		n = fread(text, 1, FILE_MOST - 1, f);
		text[n] = '\0';
	}
	fclose(f);
	return text;
}

int setup_write(const char *path, const char *text)
{
	char new[PATH_MAX];
	size_t n = strlen(text);
	FILE *f;
	int err = 0;

	if ((size_t)snprintf(new, sizeof(new), "%s.new", path) >= sizeof(new))
		return -ENAMETOOLONG;
	f = fopen(new, "we");
	if (!f)
		return -errno;
	errno = 0;
	if (fwrite(text, 1, n, f) != n || fflush(f) || fchmod(fileno(f), 0644) ||
	    fsync(fileno(f)))
		err = errno ? -errno : -EIO;
	if (fclose(f) && !err)
		err = -errno;
	if (!err && rename(new, path))
		err = -errno;
	if (err)
		unlink(new);
	return err;
}
