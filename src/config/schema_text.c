/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The schema in words. */
#include <stdio.h>
#include <string.h>

#include "config/schema.h"
#include "config/value.h"

static const char *words_shape(const struct word *w, char *buffer, size_t size)
{
	size_t used = 0;

	for (; w->text && used < size; w++)
		used += snprintf(buffer + used, size - used, "%s\"%s\"",
				 !used ? "" : w[1].text ? ", " : " or ", w->text);
	return buffer;
}

/* Texts, by what is asked of them. */
static const char *text_shape(const struct key *key)
{
	static const struct {
		text_check_fn *check;
		const char *shape;
	} shapes[] = {
		{ check_name, "a name in quotes" },
		{ check_number, "a telephone number in quotes" },
		{ check_prefix, "digits in quotes" },
		{ check_map, "a digit map in quotes" },
		{ check_host, "a host name or address in quotes" },
		{ check_address, "an IP address in quotes" },
	};

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (key->check == shapes[i].check)
			return shapes[i].shape;
	return "a text in quotes";
}

const char *key_shape(const struct key *key, char *buffer, size_t size)
{
	if (key->shape)
		return key->shape;
	if (key->words)
		return words_shape(key->words, buffer, size);
	if (key->set == set_bool)
		return "true or false";
	if (key->set == set_path)
		return "a path in quotes";
	if (key->set == set_section)
		return "a group in { }";
	if (key->set == set_number || key->set == set_gain) {
		snprintf(buffer, size, "%s from %ld to %ld%s%s",
			 key->set == set_gain ? "a number" : "a whole number",
			 key->least, key->most, key->unit ? " " : "",
			 key->unit ? key->unit : "");
		return buffer;
	}
	return text_shape(key);
}

/* Planned, or asked for by those who come from elsewhere. */
static const struct {
	const char *section, *name, *why;
} unbuilt[] = {
	{ "trunks", "secret", "a password does not stand in this file; write it to a file of mode 0600 and name that in secret_file" },
	{ "trunks", "password", "a password does not stand in this file; write it to a file of mode 0600 and name that in secret_file" },
	{ "lines", "secret", "a password does not stand in this file; write it to a file of mode 0600 and name that in secret_file" },
	{ "lines", "password", "a password does not stand in this file; write it to a file of mode 0600 and name that in secret_file" },
};

const char *key_unbuilt(const struct section *section, const char *name)
{
	for (size_t i = 0; i < sizeof(unbuilt) / sizeof(*unbuilt); i++)
		if (!strcmp(unbuilt[i].section, section->name) &&
		    !strcmp(unbuilt[i].name, name))
			return unbuilt[i].why;
	return NULL;
}
