/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
#include "drivers/dahdi/ahead.h"

#define NS_A_SAMPLE 125000
#define MS 1000000ll
#define WINDOW (5000 * MS)
#define KEEP (10 * MS)		/* costs little and covers the most frequent stalls */
#define MARGIN (4 * MS)		/* from read to write, and the kernel's tick */
#define CUT_LEAST 16		/* samples that are worth a cut */
#define PATIENCE (500 * MS)	/* after a standstill, until all is read */
#define QUIET 0x20		/* codes of two segments: -36 dBm0 at most */
#define NEVER INT64_MAX

static int64_t ns(size_t samples)
{
	return (int64_t)samples * NS_A_SAMPLE;
}

void ahead_start(struct ahead *a, uint64_t now, size_t n)
{
	*a = (struct ahead) {
		.held = ns(n),
		.least = { (int64_t)now, NEVER },
		.window_end = now + WINDOW,
	};
}

static void turn_window(struct ahead *a, uint64_t now)
{
	a->least[1] = a->least[0];
	a->least[0] = NEVER;
	a->most[1] = a->most[0];
	a->most[0] = 0;
	a->window_end = now + WINDOW;
}

static int64_t most(const struct ahead *a)
{
	return a->most[0] > a->most[1] ? a->most[0] : a->most[1];
}

void ahead_read(struct ahead *a, uint64_t now, size_t n)
{
	int64_t at, least, usual;

	a->read += ns(n);
	a->held -= ns(n);
	at = (int64_t)now - a->read;
	if (now >= a->window_end)
		turn_window(a, now);
	if (at < a->least[0])
		a->least[0] = at;
	least = a->least[1] < a->least[0] ? a->least[1] : a->least[0];
	a->late = at - least;
	usual = most(a);
	if (a->late > a->most[0])
		a->most[0] = a->late;
	if (now > a->owed_end)
		a->owed = 0;
	if (a->late <= a->held)
		return;
	a->owed += a->late - a->held;
	a->owed_end = now + PATIENCE;
	a->usual = usual;
	a->held = a->late;
}

static bool quiet(const uint8_t *frame, size_t n, bool alaw)
{
	uint8_t zero = alaw ? 0x55 : 0xff;

	for (size_t i = 0; i < n; i++)
		if (((frame[i] ^ zero) & 0x7f) >= QUIET)
			return false;
	return true;
}

/* Samples held that no read of the last seconds was late enough to need. */
static size_t spare(const struct ahead *a)
{
	int64_t need = most(a);

	if (need < KEEP)
		need = KEEP;
	need += MARGIN;
	return a->held > need ? (size_t)((a->held - need) / NS_A_SAMPLE) : 0;
}

size_t ahead_write(struct ahead *a, const uint8_t *frame, size_t n, bool alaw)
{
	int64_t need = a->late > a->usual ? a->late : a->usual;
	size_t cut;

	if (a->owed >= ns(n) && a->held - need >= ns(n)) {
		a->owed -= ns(n);
		return 0;
	}
	cut = spare(a);
	if (cut < CUT_LEAST || !quiet(frame, n, alaw))
		return n;
	return n - (cut < n / 2 ? cut : n / 2);
}

void ahead_wrote(struct ahead *a, size_t n)
{
	a->held += ns(n);
}
