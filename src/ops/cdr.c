/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "ops/cdr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/log.h"
#include "ops/show.h"

struct cdr {
	char *path;		/* NULL: no file */
	int fd;			/* -1: not open */
	bool journal;
	bool failing;		/* it has been complained of */
	bool torn;		/* the last line lacks its end */
	unsigned long lost;
};

struct cdr *cdr_new(void)
{
	struct cdr *c = calloc(1, sizeof(*c));

	if (c)
		c->fd = -1;
	return c;
}

static void shut(struct cdr *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

void cdr_free(struct cdr *c)
{
	if (!c)
		return;
	shut(c);
	free(c->path);
	free(c);
}

static const char *cure(int err)
{
	switch (err) {
	case EACCES:
	case EPERM:
		return "; tipringd's user must be allowed to write there";
	case ENOENT:
		return "; make its directory";
	case ENOSPC:
	case EDQUOT:
		return "; make room on that file system";
	case ENXIO:
		return "; it is a pipe that nobody reads";
	}
	return "";
}

static int failed(struct cdr *c, int err)
{
	if (!c->failing)
		log_error("call records: cannot write %s: %s%s; records are lost "
			  "until this is put right", c->path, strerror(err),
			  cure(err));
	c->failing = true;
	return -err;
}

int cdr_reopen(struct cdr *c)
{
	shut(c);
	if (!c->path)
		return 0;
	/* Non-blocking: a pipe without a reader must not hold calls up. */
	c->fd = open(c->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
		     O_NONBLOCK | O_NOCTTY, 0640);
	c->torn = false;
	return c->fd < 0 ? failed(c, errno) : 0;
}

int cdr_conf(struct cdr *c, const char *file, bool journal)
{
	char *path = NULL;

	c->journal = journal;
	if (*file) {
		path = strdup(file);
		if (!path)
			return -ENOMEM;
	}
	if (!c->path || !path || strcmp(c->path, path)) {
		c->failing = false;
		c->lost = 0;
	}
	free(c->path);
	c->path = path;
	return cdr_reopen(c);
}

/* logrotate has renamed it, or somebody has removed it. */
static bool moved(const struct cdr *c)
{
	struct stat path, open_file;

	return stat(c->path, &path) || fstat(c->fd, &open_file) ||
		path.st_ino != open_file.st_ino || path.st_dev != open_file.st_dev;
}

/* One write: lines of several writers to the file never mix. */
static int append(struct cdr *c, const char *text)
{
	struct iovec iov[3] = {
		{ .iov_base = "\n", .iov_len = c->torn },
		{ .iov_base = (char *)text, .iov_len = strlen(text) },
		{ .iov_base = "\n", .iov_len = 1 },
	};
	size_t want = iov[0].iov_len + iov[1].iov_len + 1;
	ssize_t n;

	do
		n = writev(c->fd, iov, 3);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n < want) {
		c->torn = n > 0;
		return -ENOSPC;
	}
	c->torn = false;
	return 0;
}

static void write_file(struct cdr *c, const char *text)
{
	int err = 0;

	if (c->fd < 0 || moved(c))
		err = cdr_reopen(c);
	if (!err)
		err = append(c, text);
	if (err) {
		failed(c, -err);
		c->lost++;
	} else if (c->failing) {
		log_warning("call records: %s works again, %lu records were lost "
			    "to it", c->path, c->lost);
		c->failing = false;
		c->lost = 0;
	}
}

static void write_journal(const json_t *record)
{
	char **fields = cdr_fields(record);
	struct iovec iov[64];
	int n = 0;

	if (!fields)
		return;
	for (; n < 64 && fields[n]; n++) {
		iov[n].iov_base = fields[n];
		iov[n].iov_len = strlen(fields[n]);
	}
	sd_journal_sendv(iov, n);
	cdr_fields_free(fields);
}

void cdr_write(struct cdr *c, const json_t *record)
{
	char *text;

	if (!record)
		return;
	if (c->path) {
		text = json_dumps(record, SHOW_FLAGS);
		if (text)
			write_file(c, text);
		free(text);
	}
	if (c->journal)
		write_journal(record);
}
