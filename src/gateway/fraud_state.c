/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * fraud_state.c - what the toll-fraud guard has counted, over a restart: in
 * STATE_DIRECTORY/fraud, written anew once a minute while it changes, and at
 * the end. A file that cannot be read or written is only warned of. Signalling does
 * not wait for the disk (fsync can take a second on a memory card): a power cut
 * costs the last counts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/fraud.h"
#include "gateway/room.h"

#define EVERY_MS 60000
#define LINES_MOST 1000000

static bool path_of(const struct gateway *g, char *path, size_t size, const char *end)
{
	const char *directory = g->conf->state_directory;

	return directory[0] && (size_t)snprintf(path, size, "%s/fraud%s", directory,
						end) < size;
}

static void put(void *arg, const char *line)
{
	fprintf(arg, "%s\n", line);
}

/* Nothing counted: nothing written, no directory needed. NULL: out of memory. */
static char *collect(struct gateway *g)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	box_fraud_save(g->box, put, f);
	if (!fclose(f))
		return text;
	free(text);
	return NULL;
}

static int write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");
	int err = 0;

	if (!f)
		return -errno;
	if (fputs(text, f) < 0 || fflush(f))
		err = -errno;
	if (fclose(f) && !err)
		err = -errno;
	return err;
}

static void save(struct gateway *g)
{
	char path[512], fresh[512], *text = collect(g);
	int err;

	if (!text || !strcmp(text, g->fraud_saved ? g->fraud_saved : "") ||
	    !path_of(g, path, sizeof(path), "") ||
	    !path_of(g, fresh, sizeof(fresh), ".new")) {
		free(text);
		return;
	}
	err = write_file(fresh, text);
	if (!err && rename(fresh, path))
		err = -errno;
	if (err && !g->fraud_warned)
		log_warning("%s: %s; limits of fraud begin anew at a restart", path,
			    strerror(-err));
	g->fraud_warned = err;
	free(g->fraud_saved);
	g->fraud_saved = text;
}

static void on_time(void *arg)
{
	struct gateway *g = arg;

	save(g);
	timer_start(&g->loop->timers, &g->fraud_timer, EVERY_MS, on_time, g);
}

static void load(struct gateway *g, const char *path, FILE *f)
{
	unsigned lines = 0, wrong = 0;
	char line[256];

	while (lines < LINES_MOST && fgets(line, sizeof(line), f)) {
		lines++;
		line[strcspn(line, "\n")] = '\0';
		if (box_fraud_restore(g->box, line))
			wrong++;
	}
	if (ferror(f))
		log_warning("%s: %s; limits of fraud begin anew", path,
			    strerror(errno));
	else if (wrong)
		log_warning("%s: %u of %u lines are damaged or the clock is wrong; "
			    "limits of fraud count without them", path, wrong, lines);
}

void fraud_state_load(struct gateway *g)
{
	char path[512];
	FILE *f;

	timer_start(&g->loop->timers, &g->fraud_timer, EVERY_MS, on_time, g);
	if (!path_of(g, path, sizeof(path), ""))
		return;
	f = fopen(path, "re");
	if (!f) {
		if (errno != ENOENT)
			log_warning("%s: %s; limits of fraud begin anew", path,
				    strerror(errno));
		return;
	}
	load(g, path, f);
	fclose(f);
}

void fraud_state_free(struct gateway *g)
{
	timer_stop(&g->fraud_timer);
	if (g->box)
		save(g);
	free(g->fraud_saved);
	g->fraud_saved = NULL;
}
