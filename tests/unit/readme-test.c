/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * README's tables of countries, caller ID and supervision are what the code
 * has. After a change of the code, "readme-test --print" prints what has to
 * stand there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config-help.h"
#include "config/country.h"
#include "tipring/method.h"

#define BEGIN "Countries and methods\n"
#define END "\nLicence: "

static void print_tone(FILE *f, const struct tone *t, int width)
{
	char text[64] = "";
	size_t n = 0;

	for (unsigned i = 0; i < t->count && n < sizeof(text); i++) {
		const struct tone_segment *s = &t->segment[i];

		if (i == t->loop && i)
			n = 0;
		if (!s->frequency[0])
			n += (size_t)snprintf(text + n, sizeof(text) - n, "-%u", s->ms);
		for (int k = 0; k < TONE_FREQUENCIES && s->frequency[k]; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%u",
					      k ? (s->modulated ? "*" : "+") :
					      n ? "," : "", s->frequency[k]);
		if (s->frequency[0])
			n += (size_t)snprintf(text + n, sizeof(text) - n, "/%u", s->ms);
	}
	fprintf(f, "%-*.*s  ", width, width, text);
}

static void print_country(FILE *f, const struct country_row *row)
{
	const struct country *c = country_find(row->code);

	assert_non_null(c);
	fprintf(f, "    %-7s%-27s%-7s%-11s", c->code, c->name,
		c->law == AUDIO_ALAW ? "A-law" : "mu-law",
		callerid_rows[c->callerid].name);
	print_tone(f, &c->tones[TONE_BUSY], 16);
	for (int i = 0; i < COUNTRY_EMERGENCY && c->emergency[i][0]; i++)
		fprintf(f, "%s%s", i ? " " : "", c->emergency[i]);
	fputc('\n', f);
}

static void print_all(FILE *f)
{
	fputs("---------------------\n\n"
	      "country = \"...\" sets tones (all of libtonezone's; busy is shown, Hz/ms on-ms\n"
	      "off), companding law, caller ID and emergency numbers. Each can be set apart.\n\n",
	      f);
	fprintf(f, "    %-7s%-27s%-7s%-11s%-16s  %s\n", "code", "country", "law",
		"caller ID", "busy", "emergency");
	for (size_t i = 0; i < country_row_count; i++)
		print_country(f, &country_rows[i]);
	fputs("\nCaller ID, heard on FXO lines and sent on FXS lines:\n\n", f);
	for (int i = CALLERID_NONE + 1; i < CALLERID_STANDARDS; i++)
		fprintf(f, "    %-11s%s\n", callerid_rows[i].name, callerid_rows[i].what);
	fputs("\nWho waits, told to a telephone that talks (call_waiting):\n\n", f);
	for (int i = CALLERID_NONE + 1; i < CALLERID_STANDARDS; i++)
		if (callerid_rows[i].waiting)
			fprintf(f, "    %-11s%s\n", callerid_rows[i].name,
				callerid_rows[i].waiting);
	fputs("\nA call is answered (\"answered_how\" of its record):\n\n", f);
	for (int i = ANSWER_NONE + 1; i < ANSWER_METHODS; i++)
		fprintf(f, "    %-11s%s\n", answer_methods[i].name, answer_methods[i].what);
	fputs("\nA call on an FXO line is over (\"reason\" of its record):\n\n", f);
	for (int i = 0; i < SIGN_COUNT; i++)
		fprintf(f, "    %-20s%s\n", release_signs[i].name, release_signs[i].what);
}

static void readme_has_what_the_code_has(void **state)
{
	char path[4096 + 32], *readme, *want = NULL, *from, *end;
	size_t size;
	FILE *f = open_memstream(&want, &size);

	assert_non_null(f);
	print_all(f);
	fclose(f);
	snprintf(path, sizeof(path), "%s/README", help_source);
	readme = help_read(path);
	from = strstr(readme, BEGIN);
	assert_non_null(from);
	from += strlen(BEGIN);
	end = strstr(from, END);
	assert_non_null(end);
	*end = 0;
	if (strcmp(from, want))
		fail_msg("README's \"" BEGIN "\" is not what the code has; "
			 "replace it by the output of readme-test --print");
	free(readme);
	free(want);
}

/* What is printed cannot be more than is known. */
static void every_row_is_told(void **state)
{
	for (int i = 0; i < CALLERID_STANDARDS; i++)
		assert_non_null(callerid_rows[i].what);
	for (int i = 0; i < ANSWER_METHODS; i++)
		assert_non_null(answer_methods[i].what);
	for (int i = 0; i < SIGN_COUNT; i++)
		assert_non_null(release_signs[i].what);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(readme_has_what_the_code_has),
		cmocka_unit_test(every_row_is_told),
	};

	if (argc > 1 && !strcmp(argv[1], "--print")) {
		printf(BEGIN);
		print_all(stdout);
		return 0;
	}
	return cmocka_run_group_tests(tests, help_start, help_end);
}
