/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* "Did you mean": the nearest word by edits (insert, delete, replace, swap two
 * neighbours), letters of either case alike. */
#include <ctype.h>
#include <string.h>

#include "config/loader.h"

#define WORD_MOST 32

static int least(int a, int b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* WORD_MOST when either is too long to be compared. */
static int distance(const char *a, const char *b)
{
	int d[WORD_MOST][WORD_MOST];
	int n = strnlen(a, WORD_MOST), m = strnlen(b, WORD_MOST);

	if (n >= WORD_MOST || m >= WORD_MOST)
		return WORD_MOST;
	for (int i = 0; i <= n; i++)
		d[i][0] = i;
	for (int k = 0; k <= m; k++)
		d[0][k] = k;
	for (int i = 1; i <= n; i++) {
		for (int k = 1; k <= m; k++) {
			int edits = d[i - 1][k - 1] + !same(a[i - 1], b[k - 1]);

			edits = least(edits, least(d[i - 1][k], d[i][k - 1]) + 1);
			if (i > 1 && k > 1 && same(a[i - 1], b[k - 2]) &&
			    same(a[i - 2], b[k - 1]))
				edits = least(edits, d[i - 2][k - 2] + 1);
			d[i][k] = edits;
		}
	}
	return d[n][m];
}

const char *suggest(const char *text, const char *(*word)(const void *, size_t),
		    const void *list, size_t count)
{
	const char *best = NULL;
	/* One edit in short words, none in a single letter. */
	size_t length = strlen(text);
	int best_distance = length > 3 ? (int)length / 3 : length > 1;

	for (size_t i = 0; i < count; i++) {
		const char *w = word(list, i);
		int d = *w ? distance(text, w) : WORD_MOST;

		if (d <= best_distance && (!best || d < best_distance)) {
			best = w;
			best_distance = d;
		}
	}
	return best;
}
