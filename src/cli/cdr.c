/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * cdr.c - the last call detail records of a file, newest last.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/table.h"

struct tail {
	char **lines;		/* a ring */
	size_t room, count;	/* count: all that were read */
};

/* Keeps the last `room` lines of f; room 0: all. */
static int tail_read(struct tail *t, FILE *f)
{
	bool all = !t->room;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	if (!all && !(t->lines = calloc(t->room, sizeof(*t->lines))))
		return -ENOMEM;
	while ((n = getline(&line, &size, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = 0;
		if (all && t->count == t->room) {
			size_t room = t->room ? t->room * 2 : 64;
			char **p = reallocarray(t->lines, room, sizeof(*p));

			if (!p)
				break;
			memset(p + t->room, 0, (room - t->room) * sizeof(*p));
			t->lines = p;
			t->room = room;
		}
		free(t->lines[t->count % t->room]);
		t->lines[t->count++ % t->room] = line;
		line = NULL;
	}
	free(line);
	return ferror(f) ? -EIO : 0;
}

static void tail_free(struct tail *t)
{
	for (size_t i = 0; t->lines && i < t->room; i++)
		free(t->lines[i]);
	free(t->lines);
}

static void row(struct table *t, const json_t *j)
{
	char when[32], talk[24], cause[24];

	snprintf(cause, sizeof(cause), "%lld", cli_int(j, "cause"));
	table_row(t, (const char *[]) {
		cli_when(when, cli_text(j, "start")), cli_text(j, "from"),
		*cli_text(j, "calling_number") ? cli_text(j, "calling_number") :
			"unknown",
		cli_text(j, "calling_name"), cli_text(j, "to"),
		cli_text(j, "called_number"),
		json_is_string(json_object_get(j, "answer")) ?
			cli_duration(talk, cli_real(j, "talk_s")) : "-",
		cause, cli_text(j, "released_by"), cli_text(j, "reason"),
		cli_true(j, "emergency") ? "emergency" : "" });
}

static int print(const struct cli *c, const struct tail *tail)
{
	static const char *const columns[] = { "START", "FROM", "CALLING", "NAME",
		"TO", "CALLED", ">TALKED", ">CAUSE", "RELEASED BY", "REASON",
		"NOTE", NULL };
	size_t first = tail->count > tail->room ? tail->count - tail->room : 0;
	struct table *t = table_new(columns);
	unsigned bad = 0, good = 0;

	if (!t)
		return CLI_FAILED;
	for (size_t i = first; i < tail->count; i++) {
		const char *line = tail->lines[i % tail->room];
		json_t *j = json_loads(line, 0, NULL);

		if (!json_is_object(j)) {
			bad++;
		} else if (c->json) {
			puts(line);
		} else {
			row(t, j);
			good++;
		}
		json_decref(j);
	}
	if (good)
		table_print(t, stdout, terminal_width(stdout));
	else if (!c->json)
		puts("no call records");
	if (bad)
		fprintf(stderr, "tipring: %u lines are not call records\n", bad);
	table_free(t);
	return CLI_OK;
}

/* Where the daemon keeps its records; to be given back with free(). */
static char *ask_path(struct cli *c)
{
	struct cli quiet = *c;
	const char *file;
	json_t *reply;
	char *path = NULL;

	quiet.json = false;
	reply = daemon_ask(&quiet, json_pack("{s:s}", "cmd", "cdr"));
	if (!reply) {
		fputs("tipring: or name the file: tipring cdr --file FILE\n",
		      stderr);
		return NULL;
	}
	file = cli_text(reply, "file");
	if (*file)
		path = strdup(file);
	else if (cli_true(reply, "journal"))
		fputs("tipring: the records go to the journal only: journalctl "
		      "-u tipring TIPRING_CALL\n", stderr);
	else
		fputs("tipring: no records are kept; set cdr = { file = \"...\"; } "
		      "in tipring.conf\n", stderr);
	json_decref(reply);
	return path;
}

int cli_cdr(struct cli *c)
{
	struct tail tail = { .room = 20 };
	char *path = NULL;
	int status = CLI_FAILED, err;
	long n;
	FILE *f;

	for (int i = 1; i < c->argc; i++) {
		bool more = i + 1 < c->argc;

		if (!strcmp(c->argv[i], "--last") && more &&
		    cli_number(c->argv[i + 1], 1000000, &n)) {
			tail.room = (size_t)n;
		} else if (!strcmp(c->argv[i], "--file") && more) {
			free(path);
			path = strdup(c->argv[i + 1]);
		} else {
			free(path);
			return cli_usage(c, "takes --last N (0: all) and --file FILE");
		}
		i++;
	}
	if (!path && !(path = ask_path(c)))
		return CLI_FAILED;
	f = fopen(path, "re");
	if (!f) {
		fprintf(stderr, "tipring: %s: %s%s\n", path, strerror(errno),
			errno == ENOENT ? "; it is made with the first call" :
			errno == EACCES ? "; become a member of group tipring or adm, "
			"or use sudo" : "");
		goto out;
	}
	err = tail_read(&tail, f);
	fclose(f);
	if (err)
		fprintf(stderr, "tipring: %s: %s\n", path, strerror(-err));
	else
		status = print(c, &tail);
	tail_free(&tail);
out:
	free(path);
	return status;
}
