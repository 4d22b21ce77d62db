/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * card_options.c - what of a country is an option of a card's module. The FXO ports of
 * Digium's analog cards (Si3050) start with the impedance, the current and the ringing
 * threshold of the USA; elsewhere that is echo and faint speech. An Astribank lets the
 * sound of an idle FXO line through after a ring only: caller ID that comes before it
 * is not heard.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/setup.h"

#define ASTRIBANK "xpd_fxo"
#define PASS_THROUGH "3"

struct option {
	const char *module, *name, *standard, *value;
};

/* By the configuration's country, as the modules spell it. Those that are not here
 * have none, or the USA's. */
static const struct { char country[4]; const char *mode; } modes[] = {
	{ "ae", "UAE" }, { "ar", "ARGENTINA" }, { "at", "AUSTRIA" },
	{ "au", "AUSTRALIA" }, { "be", "BELGIUM" }, { "bg", "BULGARIA" },
	{ "br", "BRAZIL" }, { "ch", "SWITZERLAND" }, { "cl", "CHILE" },
	{ "cn", "CHINA" }, { "cz", "CZECH" }, { "de", "GERMANY" },
	{ "dk", "DENMARK" }, { "es", "SPAIN" }, { "fi", "FINLAND" },
	{ "fr", "FRANCE" }, { "gb", "UK" }, { "gr", "GREECE" },
	{ "hu", "HUNGARY" }, { "il", "ISRAEL" }, { "in", "INDIA" },
	{ "it", "ITALY" }, { "jp", "JAPAN" }, { "mo", "MACAO" },
	{ "mx", "MEXICO" }, { "my", "MALAYSIA" }, { "nl", "NETHERLANDS" },
	{ "no", "NORWAY" }, { "nz", "NEWZEALAND" }, { "ph", "PHILIPPINES" },
	{ "pl", "POLAND" }, { "pt", "PORTUGAL" }, { "ru", "RUSSIA" },
	{ "se", "SWEDEN" }, { "sg", "SINGAPORE" }, { "th", "THAILAND" },
	{ "tw", "TAIWAN" }, { "uk", "UK" }, { "za", "SOUTHAFRICA" },
};

static const char *mode_of(const char *country)
{
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(modes[i].country, country))
			return modes[i].mode;
	return NULL;
}

/* Loaded, and as it is when nobody says anything: what somebody chose stays. */
static bool has_standard(const char *dir, const struct option *o)
{
	char path[PATH_MAX], *text;
	bool is;

	snprintf(path, sizeof(path), "%s/%s/parameters/%s", dir, o->module, o->name);
	text = setup_read(path);
	if (!text)
		return false;
	text[strcspn(text, "\n")] = '\0';
	is = !strcmp(text, o->standard);
	free(text);
	return is;
}

static bool ask(const struct option *o, const char *file)
{
	char answer[16] = "";

	printf("The card's module %s has %s=%s, %s would suit the country.\nWrite %s "
	       "for the next time that it is loaded? [y/N] ", o->module, o->name,
	       o->standard, o->value, file);
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin))
		putchar('\n');
	return answer[0] == 'y' || answer[0] == 'Y';
}

/* The file's text; the first option that is due, or NULL. */
static const struct option *compose(const struct option *options, size_t count,
				    const char *dir, char *text, size_t size)
{
	const struct option *due = NULL;
	size_t n = (size_t)snprintf(text, size, "# By tipring lines --setup, for the "
				    "configuration's country.\n");

	for (size_t i = 0; i < count && n < size; i++) {
		const struct option *o = &options[i];

		if (!o->value)
			continue;
		n += (size_t)snprintf(text + n, size - n, "options %s %s=%s\n",
				      o->module, o->name, o->value);
		if (!due && has_standard(dir, o))
			due = o;
	}
	return due;
}

int card_options(const char *country, bool early, const char *dir, const char *file,
		 bool yes)
{
	const char *mode = mode_of(country);
	const struct option options[] = {
		{ "wctdm", "opermode", "FCC", mode },
		{ "wctdm24xxp", "opermode", "FCC", mode },
		{ "wcaxx", "opermode", "FCC", mode },
		{ ASTRIBANK, "caller_id_style", "0", early ? PASS_THROUGH : NULL },
	};
	const struct option *due;
	char text[512], *old;
	bool same;
	int err;

	due = compose(options, sizeof(options) / sizeof(options[0]), dir, text,
		      sizeof(text));
	if (!due)
		return 0;
	old = setup_read(file);
	same = old && !strcmp(old, text);
	free(old);
	if (!same && !yes && !ask(due, file))
		return 0;
	err = same ? 0 : setup_write(file, text);
	if (err) {
		fprintf(stderr, "tipringd: %s cannot be written: %s; run it as root "
			"(sudo tipring lines --setup)\n", file, strerror(-err));
		return 1;
	}
	printf("%s has %s=%s. It takes effect when %s is loaded again: at the next\n"
	       "boot, or now by `modprobe -r %s && modprobe %s`, and this command "
	       "again.\n", file, due->name, due->value, due->module, due->module,
	       due->module);
	return 0;
}
