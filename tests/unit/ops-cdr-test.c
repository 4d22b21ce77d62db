/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * Call detail records: what stands in one, and what may happen to its file.
 */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "ops/cdr.h"
#include "ops/show.h"

static char dir[64], path[96], moved[96], logged[2048];

/* Core and config are not here: only what show.c asks them for. */
void line_get_info(const struct line *line, struct line_info *info)
{
	memset(info, 0, sizeof(*info));
}

struct media_end *line_end(const struct line *line)
{
	return NULL;
}

const struct config_line *config_line(const struct config *conf, const char *name)
{
	static const struct config_line line = { .display_name = "Front desk" };

	return strcmp(name, "pbx-1") ? NULL : &line;
}

static void sink(enum log_level level, const char *line)
{
	strncat(logged, line, sizeof(logged) - strlen(logged) - 1);
	strncat(logged, "\n", sizeof(logged) - strlen(logged) - 1);
}

static int setup(void **state)
{
	*logged = 0;
	log_set_sink(sink);
	strcpy(dir, "/tmp/tipring-cdr-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/cdr.json", dir);
	snprintf(moved, sizeof(moved), "%s/cdr.json.1", dir);
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	unlink(moved);
	rmdir(dir);
	log_set_sink(NULL);
	return 0;
}

static const char *content(const char *file)
{
	static char buf[8192];
	int fd = open(file, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return NULL;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	buf[n > 0 ? n : 0] = 0;
	return buf;
}

static void write_number(struct cdr *c, int n)
{
	json_t *j = json_pack("{s:i}", "n", n);

	cdr_write(c, j);
	json_decref(j);
}

static struct call_record example(void)
{
	struct call_record r = {
		.id = 17,
		.calling = { .number = "+15551230001", .name = "B\xc3\xbcro" },
		.called = "201", .dialled = "201",
		.from = "acme", .from_kind = "sip",
		.to = "pbx-1", .to_kind = "line", .to_group = "pbx",
		.started = 1000, .alerted = 1250, .answered = 4500, .ended = 70750,
		.answer_method = ANSWER_SIGNALLED, .answer_confidence = 100,
		.released_by = "pbx-1", .transferred = "by pbx-1 from call 16",
		.codec = CODEC_PCMU, .srtp = SUITE_AES_128_GCM,
		.stats = { .sent = 3300, .received = 3290, .lost = 10, .late = 2,
			   .jitter_ms = 7, .round_trip_ms = 31 },
	};

	r.release.cause = CAUSE_NORMAL;
	strcpy(r.release.why, "pbx-1 hung up");
	return r;
}

/* The moment of writing: 2026-11-23 07:12:00.250 UTC. */
static const struct show_clock now = { 71000, 1795417920250 };

static void a_record_says_all_there_is(void **state)
{
	struct call_record r = example();
	json_t *j = show_record(&r, NULL, &now);
	json_t *want = json_loads(
		"{\"call\":17,\"start\":\"2026-11-23T07:10:50.250Z\","
		"\"alert\":\"2026-11-23T07:10:50.500Z\","
		"\"answer\":\"2026-11-23T07:10:53.750Z\","
		"\"end\":\"2026-11-23T07:12:00.000Z\","
		"\"duration_s\":69.75,\"talk_s\":66.25,"
		"\"calling_number\":\"+15551230001\",\"calling_name\":\"B\xc3\xbcro\","
		"\"calling_presentation\":\"allowed\","
		"\"called_number\":\"201\",\"dialled_number\":\"201\","
		"\"called_name\":\"Front desk\","
		"\"from\":\"acme\",\"from_kind\":\"sip\",\"from_group\":\"\","
		"\"to\":\"pbx-1\",\"to_kind\":\"line\",\"to_group\":\"pbx\","
		"\"line\":\"pbx-1\",\"trunk\":\"acme\",\"emergency\":false,"
		"\"answered_how\":\"signalled\",\"answer_confidence\":100,"
		"\"cause\":16,\"cause_text\":\"normal call clearing\","
		"\"released_by\":\"pbx-1\",\"reason\":\"pbx-1 hung up\",\"note\":\"\","
		"\"transferred\":\"by pbx-1 from call 16\","
		"\"codec\":\"PCMU\",\"srtp\":\"AEAD_AES_128_GCM\","
		"\"packets_sent\":3300,"
		"\"packets_received\":3290,\"packets_lost\":10,"
		"\"packets_late\":2,\"packets_remote_lost\":0,"
		"\"packets_strange\":0,\"packets_forged\":0,\"jitter_ms\":7,\"round_trip_ms\":31}",
		0, NULL);

	assert_non_null(want);
	if (!json_equal(j, want))
		fail_msg("%s", json_dumps(j, JSON_INDENT(1)));
	json_decref(j);
	json_decref(want);
}

static void a_call_without_answer_has_no_talk(void **state)
{
	struct call_record r = example();
	json_t *j;

	r.answered = r.alerted = 0;
	r.answer_method = ANSWER_NONE;
	j = show_record(&r, NULL, &now);
	assert_true(json_is_null(json_object_get(j, "answer")));
	assert_true(json_real_value(json_object_get(j, "talk_s")) == 0);
	assert_true(json_real_value(json_object_get(j, "duration_s")) == 69.75);
	json_decref(j);
}

/* A name from a wire may be Latin-1 or worse: the record is still a line. */
static void bad_bytes_do_not_lose_a_record(void **state)
{
	struct call_record r = example();
	json_t *j;
	char *text;

	strcpy(r.calling.name, "B\xfcro \"A\"\n");
	j = show_record(&r, NULL, &now);
	text = json_dumps(j, JSON_COMPACT);
	assert_non_null(text);
	assert_null(strchr(text, '\n'));
	assert_non_null(strstr(text, "\"B?ro \\\"A\\\"\\n\""));
	free(text);
	json_decref(j);
}

static void the_journal_gets_fields(void **state)
{
	struct call_record r = example();
	json_t *j = show_record(&r, NULL, &now);
	char **f = cdr_fields(j);
	unsigned found = 0;

	assert_string_equal(f[0], "MESSAGE=call 17: +15551230001 -> 201, acme to "
		"pbx-1, talked 66.2 s, released by pbx-1: pbx-1 hung up (16, "
		"normal call clearing)");
	for (size_t i = 0; f[i]; i++)
		found += !strcmp(f[i], "TIPRING_CALLED_NUMBER=201") ||
			!strcmp(f[i], "TIPRING_TALK_S=66.250") ||
			!strcmp(f[i], "TIPRING_EMERGENCY=0") ||
			!strcmp(f[i], "TIPRING_CAUSE=16") ||
			!strcmp(f[i], "PRIORITY=6");
	assert_int_equal(found, 5);
	cdr_fields_free(f);
	json_decref(j);
}

static void records_are_appended(void **state)
{
	struct cdr *c = cdr_new();
	struct stat st;

	assert_int_equal(cdr_conf(c, path, false), 0);
	write_number(c, 1);
	write_number(c, 2);
	cdr_free(c);
	c = cdr_new();
	assert_int_equal(cdr_conf(c, path, false), 0);
	write_number(c, 3);
	cdr_free(c);
	assert_string_equal(content(path), "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0007, 0);	/* numbers are private */
}

static void a_renamed_file_is_opened_anew(void **state)
{
	struct cdr *c = cdr_new();

	cdr_conf(c, path, false);
	write_number(c, 1);
	assert_int_equal(rename(path, moved), 0);
	write_number(c, 2);
	assert_string_equal(content(path), "{\"n\":2}\n");
	assert_string_equal(content(moved), "{\"n\":1}\n");
	/* logrotate's create: a new empty file under the name. */
	assert_int_equal(rename(path, moved), 0);
	close(open(path, O_CREAT | O_WRONLY, 0640));
	write_number(c, 3);
	assert_string_equal(content(path), "{\"n\":3}\n");
	cdr_free(c);
}

static void a_failing_file_is_complained_of_once(void **state)
{
	struct cdr *c = cdr_new();
	char *first;

	rmdir(dir);
	assert_int_not_equal(cdr_conf(c, path, false), 0);
	assert_non_null(strstr(logged, "make its directory"));
	first = strchr(logged, '\n') + 1;
	assert_string_equal(first, "");
	write_number(c, 1);
	write_number(c, 2);
	assert_string_equal(first, "");	/* nothing more was said */
	assert_int_equal(mkdir(dir, 0700), 0);
	write_number(c, 3);
	assert_non_null(strstr(first, "works again, 2 records were lost"));
	assert_string_equal(content(path), "{\"n\":3}\n");
	cdr_free(c);
}

/* /dev/full fails as a full disk does; a line is never half there. */
static void a_full_disk_costs_no_call(void **state)
{
	struct cdr *c = cdr_new();

	assert_int_equal(cdr_conf(c, "/dev/full", false), 0);
	write_number(c, 1);
	assert_non_null(strstr(logged, "make room"));
	cdr_free(c);
}

static void a_pipe_without_reader_does_not_block(void **state)
{
	struct cdr *c = cdr_new();

	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(5);
	assert_int_not_equal(cdr_conf(c, path, false), 0);
	write_number(c, 1);
	alarm(0);
	assert_non_null(strstr(logged, "pipe that nobody reads"));
	cdr_free(c);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_says_all_there_is),
		cmocka_unit_test(a_call_without_answer_has_no_talk),
		cmocka_unit_test(bad_bytes_do_not_lose_a_record),
		cmocka_unit_test(the_journal_gets_fields),
		TEST(records_are_appended),
		TEST(a_renamed_file_is_opened_anew),
		TEST(a_failing_file_is_complained_of_once),
		TEST(a_full_disk_costs_no_call),
		TEST(a_pipe_without_reader_does_not_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
