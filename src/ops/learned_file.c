/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * learned_file.c - keeps what was learned over a restart: written beside the
 * old file, then put in its place. Signalling does not wait for the disk (fsync can
 * take a second on a memory card): a power cut costs what the last half minute
 * taught.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "ops/learned.h"
#include "ops/show.h"

enum { WAIT_MS = 500 };

struct learned {
	struct loop *loop;
	struct list_head *lines;
	struct timer timer;
	char *path, *fresh;		/* fresh: while it is written; NULL: no file */
	bool failed;			/* said already */
};

static int write_all(int fd, const char *text, size_t size)
{
	while (size) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

static int write_file(struct learned *f, const char *text)
{
	int fd = open(f->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	int rc;

	if (fd < 0)
		return -errno;
	rc = write_all(fd, text, strlen(text));
	if (close(fd) && !rc)
		rc = -errno;
	if (!rc && rename(f->fresh, f->path))
		rc = -errno;
	if (rc)
		unlink(f->fresh);
	return rc;
}

static void save(void *arg)
{
	struct learned *f = arg;
	json_t *j = json_pack("{s:i,s:o}", "version", 1,
			      "lines", learned_show(f->lines, NULL));
	char *text = j ? json_dumps(j, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) : NULL;
	int rc = text ? write_file(f, text) : -ENOMEM;

	if (rc && !f->failed)
		log_warning("%s: %s; what was learned is lost at the next restart",
			    f->path, strerror(-rc));
	f->failed = rc;
	free(text);
	json_decref(j);
}

/* What is in the way of a new file is kept for a person to look at. */
static void put_aside(const struct learned *f, const char *why)
{
	char other[512];

	snprintf(other, sizeof(other), "%s.bad", f->path);
	if (rename(f->path, other))
		log_warning("%s: %s; it is not used", f->path, why);
	else
		log_warning("%s: %s; it is not used, and kept as %s", f->path, why,
			    other);
}

static void load(struct learned *f)
{
	json_error_t error;
	json_t *j, *lines;
	char why[256];

	if (access(f->path, F_OK) && errno == ENOENT)
		return;
	j = json_load_file(f->path, JSON_REJECT_DUPLICATES, &error);
	lines = json_object_get(j, "lines");
	if (!j)
		snprintf(why, sizeof(why), "line %d: %s", error.line, error.text);
	else
		snprintf(why, sizeof(why), "it is none of this version's files");
	if (json_integer_value(json_object_get(j, "version")) == 1 &&
	    json_is_array(lines))
		learned_read(f->lines, lines);
	else
		put_aside(f, why);
	json_decref(j);
}

static char *in(const char *directory, const char *name)
{
	size_t size = strlen(directory) + strlen(name) + 2;
	char *path = malloc(size);

	if (path)
		snprintf(path, size, "%s/%s", directory, name);
	return path;
}

struct learned *learned_new(struct loop *loop, struct list_head *lines,
			    const char *directory)
{
	struct learned *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->loop = loop;
	f->lines = lines;
	if (!directory || !*directory)
		return f;
	f->path = in(directory, "learned.json");
	f->fresh = in(directory, "learned.json.new");
	if (!f->path || !f->fresh) {
		learned_free(f);
		return NULL;
	}
	load(f);
	return f;
}

void learned_changed(struct learned *f)
{
	if (f->path && !timer_runs(&f->timer))
		timer_start(&f->loop->timers, &f->timer, WAIT_MS, save, f);
}

void learned_free(struct learned *f)
{
	if (!f)
		return;
	if (f->path && timer_runs(&f->timer)) {
		timer_stop(&f->timer);
		save(f);
	}
	free(f->path);
	free(f->fresh);
	free(f);
}
