/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * runner.c - runs call scenarios through the whole core on a fake clock and
 * compares what leaves it with NAME.golden beside NAME.scn. One TAP line each.
 *
 *   runner [--update] [--print] [NAME.scn ...]
 *
 * A script is a configuration between "config {" and a lone "}", then lines
 * "at MS COMMAND" or "+MS COMMAND" (after the one before) and "expect TEXT"
 * (TEXT has come since the last expect) or "expect-not TEXT". "reload {" begins
 * another configuration that is put in force at the time before it.
 */
#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

enum { LINE_SIZE = 512 };

struct run {
	struct world world;
	FILE *script, *trace;
	char *text;		/* of the trace */
	size_t size, seen;
	unsigned line;
	uint64_t now;
	char why[256];
};

static int fail(struct run *r, const char *what, const char *detail)
{
	if (!r->why[0])
		snprintf(r->why, sizeof(r->why), "line %u: %s%.120s", r->line, what,
			 detail);
	return -1;
}

static bool next_line(struct run *r, char *line)
{
	if (!fgets(line, LINE_SIZE, r->script))
		return false;
	r->line++;
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Up to a line with nothing but "}". To be freed. */
static char *read_block(struct run *r)
{
	char *text = NULL, line[LINE_SIZE];
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	while (f && next_line(r, line) && strcmp(line, "}"))
		fprintf(f, "%s\n", line);
	if (f)
		fclose(f);
	return text;
}

static int expect(struct run *r, const char *text, bool wanted)
{
	const char *found;

	fflush(r->trace);
	found = strstr(r->text + r->seen, text);
	if (!!found != wanted)
		return fail(r, wanted ? "did not come: " : "came: ", text);
	if (wanted)
		r->seen = (size_t)(found - r->text) + strlen(text);
	return 0;
}

static int block(struct run *r, bool reload)
{
	char *text = read_block(r);
	int rc;

	if (!text)
		return fail(r, "out of memory", "");
	if (reload) {
		world_say(&r->world, "> reload");
		rc = world_reload(&r->world, text);
	} else {
		rc = world_open(&r->world, r->trace, text);
	}
	free(text);
	return rc ? fail(r, "the configuration is wrong", "") : 0;
}

static int command(struct run *r, const char *line)
{
	char text[LINE_SIZE], copy[LINE_SIZE], *end;
	bool relative = line[0] == '+';
	uint64_t ms;

	snprintf(copy, sizeof(copy), "%s", line + (relative ? 1 : 3));
	ms = strtoull(copy, &end, 10);
	ms = relative ? r->now + ms : ms;
	if (end == copy || ms < r->now)
		return fail(r, "wrong time: ", line);
	r->now = ms;
	timers_advance(&r->world.timers, ms);
	end += strspn(end, " ");
	world_say(&r->world, "> %s", end);
	snprintf(text, sizeof(text), "%s", end);
	if (command_run(&r->world, text))
		return fail(r, "not understood: ", line);
	return 0;
}

static int play(struct run *r)
{
	char line[LINE_SIZE];
	int rc = 0;

	while (!rc && next_line(r, line)) {
		if (!line[0] || line[0] == '#')
			continue;
		if (!strcmp(line, "config {") || !strcmp(line, "reload {"))
			rc = block(r, line[0] == 'r');
		else if (!strncmp(line, "expect ", 7))
			rc = expect(r, line + 7, true);
		else if (!strncmp(line, "expect-not ", 11))
			rc = expect(r, line + 11, false);
		else if (line[0] == '+' || !strncmp(line, "at ", 3))
			rc = command(r, line);
		else
			rc = fail(r, "not understood: ", line);
	}
	fflush(r->trace);
	return rc;
}

/* ------------------------------------------------------------------- golden */

static char *read_file(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r"), *m;
	int c;

	if (!f)
		return NULL;
	m = open_memstream(&text, &size);
	while (m && (c = getc(f)) != EOF)
		putc(c, m);
	if (m)
		fclose(m);
	fclose(f);
	return text;
}

/* Tells the first line that differs. */
static int compare(struct run *r, const char *golden)
{
	const char *a = golden, *b = r->text;
	unsigned line = 1;

	while (*a && *b) {
		size_t na = strcspn(a, "\n"), nb = strcspn(b, "\n");

		if (na != nb || memcmp(a, b, na))
			break;
		a += na + !!a[na];
		b += nb + !!b[nb];
		line++;
	}
	if (!*a && !*b)
		return 0;
	snprintf(r->why, sizeof(r->why), "golden line %u: wanted \"%.*s\", got \"%.*s\"",
		 line, (int)(strcspn(a, "\n") < 90 ? strcspn(a, "\n") : 90), a,
		 (int)(strcspn(b, "\n") < 90 ? strcspn(b, "\n") : 90), b);
	return -1;
}

static int check_golden(struct run *r, const char *path, bool update)
{
	char name[PATH_MAX], *golden;
	FILE *f;
	int rc;

	snprintf(name, sizeof(name), "%.*s.golden", (int)strlen(path) - 4, path);
	if (update) {
		f = fopen(name, "w");
		if (!f)
			return fail(r, "cannot write ", name);
		fputs(r->text, f);
		return fclose(f);
	}
	golden = read_file(name);
	if (!golden)
		return fail(r, "there is no ", name);
	rc = compare(r, golden);
	free(golden);
	return rc;
}

static bool run_one(const char *path, unsigned number, bool update, bool print)
{
	struct run r = { .script = fopen(path, "r") };
	char copy[PATH_MAX], *name, closing[200] = "";
	int rc;

	snprintf(copy, sizeof(copy), "%s", path);
	name = basename(copy);
	name[strcspn(name, ".")] = '\0';
	r.trace = open_memstream(&r.text, &r.size);
	if (!r.script || !r.trace) {
		printf("not ok %u - %s # cannot be read\n", number, name);
		return false;
	}
	rc = play(&r);
	if (r.world.timers.list.next && world_close(&r.world, closing, sizeof(closing)))
		rc = fail(&r, "at the end: ", closing);
	if (!rc)
		rc = check_golden(&r, path, update);
	if (print || rc)
		fputs(r.text, stderr);
	printf("%sok %u - %s\n", rc ? "not " : "", number, name);
	if (rc)
		printf("# %s\n", r.why);
	fflush(stdout);
	fclose(r.script);
	fclose(r.trace);
	free(r.text);
	return !rc;
}

int main(int argc, char **argv)
{
	bool update = false, print = false, good = true;
	const char *source = getenv("SOURCE");

	setenv("TZ", "UTC", 1);		/* business hours are local */
	char pattern[PATH_MAX];
	glob_t found = { 0 };
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		update = update || !strcmp(argv[i], "--update");
		print = print || !strcmp(argv[i], "--print");
	}
	snprintf(pattern, sizeof(pattern), "%s/tests/scenario/*.scn", source ? source : ".");
	if (i == argc && (glob(pattern, 0, NULL, &found) || !found.gl_pathc)) {
		printf("Bail out! no scenario matches %s\n", pattern);
		return 1;
	}
	printf("1..%zu\n", found.gl_pathc ? found.gl_pathc : (size_t)(argc - i));
	for (size_t n = 0; n < found.gl_pathc; n++)
		good = run_one(found.gl_pathv[n], (unsigned)n + 1, update, print) && good;
	for (unsigned n = 1; i < argc; i++, n++)
		good = run_one(argv[i], n, update, print) && good;
	globfree(&found);
	return good ? 0 : 1;
}
