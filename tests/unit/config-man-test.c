/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * tipring.conf(5) against the schema: every key, timer, tone and country stands
 * there, in these words, and nothing else does. After a change of the schema,
 * "config-man-test --print" prints what has to stand there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-help.h"
#include "config/country.h"
#include "config/schema.h"
#include "config/value.h"

static char *page;		/* the manual page */

/* With the directories of a Debian package, whatever this build has. */
static char *standard_text(const struct key *key)
{
	char *a, *b;

	if (key->absent || !key->standard)
		return strdup(key->absent ? key->absent : "none");
	a = help_replace(key->standard, RUNSTATEDIR "/tipring", "/run/tipring");
	b = help_replace(a, LOCALSTATEDIR "/l", "/var/l");
	free(a);
	return b;
}

static void print_key(FILE *f, const struct key *key)
{
	char shape[256], *standard = standard_text(key);

	fprintf(f, ".It Ic %s\n%s:\n%s.\n", key->name, key->what,
		key_shape(key, shape, sizeof(shape)));
	if (key->required)
		fprintf(f, "Required.\n");
	else if (strcmp(standard, "{ }"))
		fprintf(f, "Default: %s.\n", standard);
	free(standard);
}

static void print_timer(FILE *f, const struct timer_info *t)
{
	fprintf(f, ".It Ic %s\n%s:\n%u to %u %s.\nDefault: %u.\n", t->name, t->what,
		t->least, t->most, t->unit, t->def);
}

static void print_section(FILE *f, const struct section *section)
{
	for (size_t i = 0; i < section->key_count; i++)
		print_key(f, &section->keys[i]);
}

static void print_countries(FILE *f)
{
	for (size_t i = 0; i < country_row_count; i++)
		fprintf(f, ".It Ic %s\n%s\n", country_rows[i].code, country_rows[i].name);
}

static int print_all(void)
{
	for (size_t i = 0; i < section_count; i++) {
		printf("\n.Ss %s\n", sections[i]->name);
		print_section(stdout, sections[i]);
	}
	printf("\n.Ss timers\n");
	for (int i = 0; i < TIMER_COUNT; i++)
		print_timer(stdout, &timer_table[i]);
	printf("\n.Ss countries\n");
	print_countries(stdout);
	return 0;
}

/* The page's text from ".Ss NAME" to the next heading; malloc'ed. */
static char *subsection(const char *name)
{
	char heading[64];
	const char *start, *end, *part;

	snprintf(heading, sizeof(heading), "\n.Ss %s\n", name);
	start = strstr(page, heading);
	if (!start)
		fail_msg("tipring.conf.5 has no .Ss %s", name);
	start += strlen(heading) - 1;
	end = strstr(start, "\n.Ss ");
	part = strstr(start, "\n.Sh ");
	assert_non_null(part);
	if (!end || part < end)
		end = part;
	return strndup(start, end - start + 1);
}

/* Each expected block stands there; as many items as there are keys. */
static void expect_blocks(const char *name, const char *blocks, size_t count)
{
	char *text = subsection(name), *copy = strdup(blocks), *block, *next;
	size_t items = 0;

	for (const char *p = text; (p = strstr(p, "\n.It Ic ")); p++)
		items++;
	for (block = copy; *block; block = next) {
		char *end = strstr(block + 1, ".It Ic ");
		char saved = end ? *end : 0;

		next = end ? end : block + strlen(block);
		*next = 0;
		if (!strstr(text, block))
			fail_msg(".Ss %s of tipring.conf.5 must have:\n%s", name, block);
		*next = saved;
	}
	if (items != count)
		fail_msg(".Ss %s of tipring.conf.5 has %zu items, not %zu: one is no key",
			 name, items, count);
	free(copy);
	free(text);
}

static void every_key_is_described(void **state)
{
	for (size_t i = 0; i < section_count; i++) {
		char *blocks = NULL;
		size_t size;
		FILE *f = open_memstream(&blocks, &size);

		print_section(f, sections[i]);
		fclose(f);
		expect_blocks(sections[i]->name, blocks, sections[i]->key_count);
		free(blocks);
	}
}

static void every_timer_is_described(void **state)
{
	char *blocks = NULL;
	size_t size;
	FILE *f = open_memstream(&blocks, &size);

	for (int i = 0; i < TIMER_COUNT; i++)
		print_timer(f, &timer_table[i]);
	fclose(f);
	expect_blocks("timers", blocks, TIMER_COUNT);
	free(blocks);
}

static void every_tone_is_described(void **state)
{
	char *blocks = NULL;
	size_t size;
	FILE *f = open_memstream(&blocks, &size);

	for (int i = 0; i < TONE_COUNT; i++)
		fprintf(f, ".It Ic %s\n", tone_names[i]);
	fclose(f);
	expect_blocks("tones", blocks, TONE_COUNT);
	free(blocks);
}

static void every_country_is_listed(void **state)
{
	char *blocks = NULL;
	size_t size;
	FILE *f = open_memstream(&blocks, &size);

	print_countries(f);
	fclose(f);
	expect_blocks("countries", blocks, country_row_count);
	free(blocks);
}

static void every_default_is_legal(void **state)
{
	struct config *conf = help_good("country = \"us\";\n"
		"trunks = ( { name = \"t\"; server = \"192.0.2.1\"; } );\n"
		"lines = ( { name = \"l\"; port = \"sim/1\"; kind = \"fxs\"; trunk = \"t\"; } );\n");

	config_free(conf);
	for (size_t i = 0; i < section_count; i++) {
		for (size_t k = 0; k < sections[i]->key_count; k++) {
			const struct key *key = &sections[i]->keys[k];

			assert_non_null(key->what);
			assert_non_null(key->set);
			/* Somebody must say what holds without it. */
			if (!key->required && !key->absent && !key->standard)
				fail_msg("%s.%s has no default", sections[i]->name, key->name);
		}
	}
}

static int start(void **state)
{
	char path[4096 + 32];

	if (help_start(state))
		return -1;
	snprintf(path, sizeof(path), "%s/src/config/tipring.conf.5", help_source);
	page = help_read(path);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_is_described),
		cmocka_unit_test(every_timer_is_described),
		cmocka_unit_test(every_tone_is_described),
		cmocka_unit_test(every_country_is_listed),
		cmocka_unit_test(every_default_is_legal),
	};
	int failed;

	if (argc > 1 && !strcmp(argv[1], "--print"))
		return print_all();
	failed = cmocka_run_group_tests(tests, start, help_end);
	free(page);
	return failed;
}
