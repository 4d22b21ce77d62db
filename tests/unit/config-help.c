/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#define _GNU_SOURCE		/* nftw() */
#include "config-help.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/tipring-config-XXXXXX";

char help_source[4096];

int help_start(void **state)
{
	const char *source = getenv("SOURCE");

	if (!realpath(source ? source : "..", help_source))
		return -1;
	return mkdtemp(directory) && !chdir(directory) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	return remove(path);
}

int help_end(void **state)
{
	return chdir("/") || nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void help_write(const char *file, const char *text, int mode)
{
	FILE *f = fopen(file, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(file, mode), 0);
}

void help_collect(void *arg, const char *text)
{
	struct help_errors *e = arg;
	size_t used = strlen(e->text);

	assert_true(used + strlen(text) + 2 < sizeof(e->text));
	sprintf(e->text + used, "%s\n", text);
	e->count++;
}

void help_count(void *arg, const char *text)
{
	((struct help_errors *)arg)->count++;
}

struct config *help_load(const char *text, struct help_errors *errors)
{
	errors->count = 0;
	errors->text[0] = 0;
	help_write(HELP_FILE, text, 0644);
	return config_load(HELP_FILE, help_collect, errors);
}

struct config *help_good(const char *text)
{
	static struct help_errors errors;
	struct config *conf = help_load(text, &errors);

	assert_string_equal(errors.text, "");
	assert_non_null(conf);
	return conf;
}

void help_bad(const char *text, const char *expected)
{
	static struct help_errors errors;
	struct config *conf = help_load(text, &errors);

	assert_string_equal(errors.text, expected);
	assert_null(conf);
}

char *help_replace(const char *text, const char *old, const char *new)
{
	char *result = NULL;
	const char *at;
	size_t size;
	FILE *f = open_memstream(&result, &size);

	assert_non_null(f);
	while ((at = strstr(text, old))) {
		fprintf(f, "%.*s%s", (int)(at - text), text, new);
		text = at + strlen(old);
	}
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	return result;
}

char *help_read(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "r");

	if (!f)
		fail_msg("%s cannot be read", path);
	if (getdelim(&text, &size, 0, f) < 0)
		fail_msg("%s is empty", path);
	fclose(f);
	return text;
}
