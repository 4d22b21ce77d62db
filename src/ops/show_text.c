/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "ops/show.h"

#include <stdlib.h>
#include <string.h>

json_t *show_text(const char *text)
{
	json_t *j = json_string(text);
	char *copy;

	if (j)
		return j;
	copy = strdup(text);
	if (!copy)
		return NULL;
	for (char *p = copy; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	j = json_string(copy);
	free(copy);
	return j;
}
