/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * opermode.c - an analog card's FXO ports (Si3050) have the impedance, the current
 * and the ringing threshold of a country that is an option of the card's module. They
 * start with those of the USA; elsewhere that is echo and faint speech.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/setup.h"

#define DEFAULT "FCC"

static const char *const modules[] = { "wctdm", "wctdm24xxp", "wcaxx" };
enum { MODULES = sizeof(modules) / sizeof(modules[0]) };

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
static bool has_default(const char *dir, const char *module)
{
	char path[PATH_MAX], *text;
	bool is;

	snprintf(path, sizeof(path), "%s/%s/parameters/opermode", dir, module);
	text = setup_read(path);
	if (!text)
		return false;
	text[strcspn(text, "\n")] = '\0';
	is = !strcmp(text, DEFAULT);
	free(text);
	return is;
}

static bool ask(const char *module, const char *mode, const char *file)
{
	char answer[16] = "";

	printf("The FXO ports of %s are set for the USA, opermode=%s would suit the "
	       "country.\nWrite %s for the next time that it is loaded? [y/N] ",
	       module, mode, file);
	fflush(stdout);
	if (!fgets(answer, sizeof(answer), stdin))
		putchar('\n');
	return answer[0] == 'y' || answer[0] == 'Y';
}

int opermode_set_up(const char *country, const char *dir, const char *file, bool yes)
{
	const char *mode = mode_of(country), *module = NULL;
	char text[512] = "# By tipring lines --setup, for the configuration's country.\n";
	char *old;
	bool same;
	int err;

	for (size_t i = 0; mode && i < MODULES; i++) {
		size_t n = strlen(text);

		snprintf(text + n, sizeof(text) - n, "options %s opermode=%s\n",
			 modules[i], mode);
		if (!module && has_default(dir, modules[i]))
			module = modules[i];
	}
	if (!module)
		return 0;
	old = setup_read(file);
	same = old && !strcmp(old, text);
	free(old);
	if (!same && !yes && !ask(module, mode, file))
		return 0;
	err = same ? 0 : setup_write(file, text);
	if (err) {
		fprintf(stderr, "tipringd: %s cannot be written: %s; run it as root "
			"(sudo tipring lines --setup)\n", file, strerror(-err));
		return 1;
	}
	printf("%s has opermode=%s. It takes effect when %s is loaded again: at the next "
	       "boot, or now\nby `modprobe -r %s && modprobe %s`, and this command "
	       "again.\n", file, mode, module, module, module);
	return 0;
}
