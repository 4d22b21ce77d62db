/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * audio-match - tells as one JSON object how much of a reference is found in a
 * recording. Ends with 0 when both could be read, whatever the result, and
 * with 2 when not.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "wav.h"

static const char usage[] =
	"usage: audio-match [--ulaw] [--from MS] [--to MS] REFERENCE HEARD\n"
	"       audio-match --level [--ulaw] [--from MS] [--to MS] HEARD\n"
	"Looks for REFERENCE (WAV, 8 kHz mono) in HEARD and prints JSON.\n"
	"  --ulaw      HEARD is bare mu-law octets\n"
	"  --from MS   look only at HEARD from here ...\n"
	"  --to MS     ... to here\n"
	"  --level     print only the level of HEARD in dBm0\n";

struct options {
	bool ulaw, level;
	long from_ms, to_ms;	/* to: -1 the end */
};

static int load(struct wav *wav, const char *path, bool ulaw)
{
	const char *why = "";
	int rc = wav_read(wav, path, ulaw, &why);

	if (rc)
		fprintf(stderr, "audio-match: %s: %s\n", path, why);
	else if (wav->rate != 8000) {
		fprintf(stderr, "audio-match: %s: %u Hz, 8000 are wanted\n",
			path, wav->rate);
		wav_free(wav);
		rc = -EINVAL;
	}
	return rc;
}

static void cut(struct wav *wav, const struct options *opt)
{
	size_t from = (size_t)opt->from_ms * 8;
	size_t to = opt->to_ms < 0 ? wav->count : (size_t)opt->to_ms * 8;

	if (to > wav->count)
		to = wav->count;
	if (from > to)
		from = to;
	wav->count = to - from;
	memmove(wav->samples, wav->samples + from, wav->count * sizeof(int16_t));
}

static void print(const struct match *m, const struct wav *heard)
{
	size_t i;

	printf("{\"match\":%.3f,\"pieces\":%.3f,\"slips\":%u,\"level_dbm0\":%.1f,"
	       "\"reference_dbm0\":%.1f,\"offset_ms\":%.1f,\"heard_ms\":%zu,"
	       "\"missing_ms\":%u,\"gaps\":[", m->match, m->pieces,
	       m->slips, m->level_dbm0, m->reference_dbm0, m->offset_ms, heard->count / 8,
	       m->missing_ms);
	for (i = 0; i < m->gap_count; i++)
		printf("%s{\"at_ms\":%u,\"ms\":%u}", i ? "," : "",
		       m->gaps[i].at_ms, m->gaps[i].ms);
	printf("]}\n");
}

static int compare(const char *reference, const char *heard,
		   const struct options *opt)
{
	struct wav ref = { 0 }, rec = { 0 };
	struct match m;
	int rc;

	rc = load(&ref, reference, false);
	if (!rc)
		rc = load(&rec, heard, opt->ulaw);
	if (rc)
		goto out;
	cut(&rec, opt);
	rc = match_compare(&m, &ref, &rec);
	if (rc == -EINVAL)
		fprintf(stderr, "audio-match: %s: silent or under 100 ms\n",
			reference);
	else if (rc)
		fprintf(stderr, "audio-match: %s\n", strerror(-rc));
	else
		print(&m, &rec);
out:
	wav_free(&ref);
	wav_free(&rec);
	return rc ? 2 : 0;
}

static int level(const char *heard, const struct options *opt)
{
	struct wav rec;

	if (load(&rec, heard, opt->ulaw))
		return 2;
	cut(&rec, opt);
	printf("{\"level_dbm0\":%.1f,\"heard_ms\":%zu}\n",
	       wav_level(rec.samples, rec.count), rec.count / 8);
	wav_free(&rec);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "ulaw", no_argument, NULL, 'u' },
		{ "level", no_argument, NULL, 'l' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct options opt = { .to_ms = -1 };
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'u')
			opt.ulaw = true;
		else if (c == 'l')
			opt.level = true;
		else if (c == 'f')
			opt.from_ms = labs(atol(optarg));
		else if (c == 't')
			opt.to_ms = labs(atol(optarg));
		else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (argc - optind != (opt.level ? 1 : 2)) {
		fputs(usage, stderr);
		return 2;
	}
	if (opt.level)
		return level(argv[optind], &opt);
	return compare(argv[optind], argv[optind + 1], &opt);
}
