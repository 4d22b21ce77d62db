/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * What a line learns: how measurements agree, what speech forbids, what a
 * restart keeps, and what a file may hold that is none of ours.
 */
#include "config.h"

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
#include "base/loop.h"
#include "config/config.h"
#include "core/learn.h"
#include "core/supervision.h"
#include "ops/learned.h"

static struct list_head lines;
static struct learn_ear ear;
static uint64_t now;
static struct learn_heard denied[2], heard[2];

static int setup(void **state)
{
	list_init(&lines);
	learn_ear_start(&ear);
	now = 1000;
	return 0;
}

static int teardown(void **state)
{
	while (!list_empty(&lines))
		learn_free(list_entry(lines.next, struct learn_line, node));
	return 0;
}

static unsigned hear(struct media_event *e)
{
	e->sample = now * 8;
	return learn_ear_hear(&ear, e, now, denied);
}

static unsigned speech(uint32_t ms)
{
	struct media_event e = { .type = MEDIA_SPEECH, .span.ms = ms };

	now += ms;
	return hear(&e);
}

static void burst(uint16_t a, uint16_t b, uint32_t on, uint32_t off)
{
	struct media_event e = { .type = MEDIA_TONE };

	e.tone.frequency[0] = a;
	e.tone.frequency[1] = b;
	e.tone.on_ms = on;
	e.tone.off_ms = off;
	e.tone.ended = true;
	e.tone.level = -180;
	now += on + off;
	hear(&e);
}

static struct learn_line *line(void)
{
	return learn_line(&lines, "co-1", "sim/1");
}

static void a_cadence_is_found_wherever_it_begins(void **state)
{
	static const uint32_t on[] = { 250, 750, 100 }, off[] = { 500, 250, 250 };
	struct tone t;
	char words[128];

	/* Three calls that are heard from different sounds on agree. */
	for (unsigned from = 0; from < 3; from++) {
		learn_ear_start(&ear);
		speech(1000);
		for (unsigned i = 0; i < 9; i++) {
			assert_int_equal(learn_ear_ended(&ear, now, heard), 0);
			burst(400, 450, on[(from + i) % 3] + i,
			      i ? off[(from + i) % 3] - i : 3000);
		}
		assert_int_equal(learn_ear_ended(&ear, now, heard), 1);
		assert_int_equal(heard[0].bursts, 3);
		learn_ended(line(), heard, 1, "BYE", 7);
	}
	assert_int_equal(line()->signals, 1);
	assert_int_equal(line()->signal[0].calls, 3);
	learn_words(&line()->signal[0].mean, words, sizeof(words));
	learn_as_tone(&line()->signal[0].mean, &t);
	assert_int_equal(t.count, 6);
	assert_int_equal(t.segment[0].frequency[1], 450);
	print_message("# %s\n", words);
}

static void a_tone_before_any_word_is_ringback(void **state)
{
	for (int i = 0; i < 5; i++)
		burst(400, 0, 350, 350);
	assert_int_equal(learn_ear_ended(&ear, now, heard), 0);
}

static void what_varies_is_no_cadence(void **state)
{
	speech(1000);
	for (int i = 0; i < 12; i++)
		burst(400, 0, (uint32_t)(300 + 130 * (i * i % 7)), 350);
	assert_int_equal(learn_ear_ended(&ear, now, heard), 0);
}

static void an_old_tone_ended_nothing(void **state)
{
	speech(1000);
	for (int i = 0; i < 5; i++)
		burst(400, 0, 350, 350);
	assert_int_equal(learn_ear_ended(&ear, now + 9000, heard), 1);
	assert_int_equal(learn_ear_ended(&ear, now + 11000, heard), 0);
}

static void speech_after_it_speaks_against_it(void **state)
{
	speech(1000);
	for (int i = 0; i < 5; i++)
		burst(400, 0, 350, 350);
	now += 500;
	assert_int_equal(speech(150), 0);
	/* Doubted: neither for nor against. */
	assert_int_equal(learn_ear_ended(&ear, now, heard), 0);
	assert_int_equal(speech(250), 1);
	assert_int_equal(denied[0].kind, LEARN_TONE);
	for (int i = 0; i < 9; i++)
		learn_ended(line(), denied, 1, "BYE", 7);
	assert_true(learn_is_sure(line(), &line()->signal[0]));
	learn_denied(line(), denied);
	assert_false(learn_is_sure(line(), &line()->signal[0]));
}

static void speech_told_late_was_before_the_break(void **state)
{
	speech(1000);
	now += 100;
	learn_ear_break(&ear, 90, now);
	now += 150;
	assert_int_equal(speech(0), 0);
	now += 100;
	assert_int_equal(hear(&(struct media_event){ .type = MEDIA_SPEECH,
						     .span.ms = 500 }), 0);
	assert_int_equal(learn_ear_ended(&ear, now, heard), 1);
	assert_int_equal(heard[0].break_ms, 90);
	assert_int_equal(speech(500) + speech(500), 1);
	assert_int_equal(learn_ear_ended(&ear, now, heard), 0);
}

static void never_from_fewer_calls(void **state)
{
	struct learn_heard h = { .kind = LEARN_BREAK };
	struct learn_signal *s;

	for (unsigned i = 0; i < LEARN_CALLS; i++) {
		assert_false(i && learn_is_sure(line(), &line()->signal[0]));
		h.break_ms = 90 + i;
		learn_ended(line(), &h, 1, "BYE", 7);
	}
	s = &line()->signal[0];
	assert_true(learn_is_sure(line(), s));
	assert_int_equal(s->least_ms, 90);
	assert_int_equal(s->most_ms, 90 + LEARN_CALLS - 1);
	assert_int_equal(learn_as_break(s), 72);
	/* A longer break that a call outlived would end it. */
	h.break_ms = 150;
	learn_denied(line(), &h);
	assert_false(learn_is_sure(line(), s));
	/* Another port is another line. */
	assert_int_equal(learn_line(&lines, "co-1", "sim/2")->signals, 0);
}

static void a_plan_knows_its_tones(void **state)
{
	const struct country *us = country_find("us");
	struct tone t;

	for (int id = 0; id < TONE_COUNT; id++)
		if (id != TONE_CALL_WAITING && us->tones[id].count)
			assert_true(supervision_knows(us->tones, &us->tones[id]));
	assert_int_equal(tone_parse(&t, "400/350,0/350", 0), 0);
	assert_false(supervision_knows(us->tones, &t));
}

/* ----------------------------------------------------------------- the file */

static char directory[64], path[128];

static void make_directory(void)
{
	strcpy(directory, "/tmp/learn-test-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/learned.json", directory);
}

static void remove_directory(void)
{
	char other[160];

	unlink(path);
	snprintf(other, sizeof(other), "%s.bad", path);
	unlink(other);
	assert_int_equal(rmdir(directory), 0);
}

static void a_restart_keeps_it(void **state)
{
	struct loop *loop = loop_epoll_new();
	struct learned *file;
	struct learn_line *l;
	json_t *before, *after;

	make_directory();
	file = learned_new(loop, &lines, directory);
	a_cadence_is_found_wherever_it_begins(NULL);
	learn_ear_break(&ear, 90, now);
	assert_int_equal(learn_ear_ended(&ear, now, heard), 2);
	learn_ended(line(), heard, 2, "busy \"tone\"", 1764000000);
	learn_denied(line(), &heard[1]);
	before = learned_show(&lines, NULL);
	learned_changed(file);
	learned_free(file);
	teardown(NULL);

	file = learned_new(loop, &lines, directory);
	l = learn_find(&lines, "co-1");
	assert_non_null(l);
	assert_string_equal(l->port, "sim/1");
	after = learned_show(&lines, NULL);
	assert_true(json_equal(before, after));
	assert_int_equal(json_array_size(json_object_get(json_array_get(after, 0),
							 "signals")), 2);
	json_decref(before);
	json_decref(after);
	learned_free(file);
	remove_directory();
	loop_free(loop);
}

static void quiet(enum log_level level, const char *text)
{
}

static void a_bad_file_is_put_aside(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "{\"version\":2,\"lines\":[]}", "{\"version\":1}",
		"{\"version\":1,\"lines\":{}}", "\xff\xfe",
	};
	struct loop *loop = loop_epoll_new();
	char other[160];

	make_directory();
	log_set_sink(quiet);
	snprintf(other, sizeof(other), "%s.bad", path);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FILE *f = fopen(path, "w");

		fputs(bad[i], f);
		fclose(f);
		learned_free(learned_new(loop, &lines, directory));
		assert_true(list_empty(&lines));
		assert_int_not_equal(access(path, F_OK), 0);
		assert_int_equal(access(other, F_OK), 0);
		unlink(other);
	}
	log_set_sink(NULL);
	remove_directory();
	loop_free(loop);
}

static void strange_values_are_left_out(void **state)
{
	static const char text[] = "[1, {}, {\"line\":\"a\",\"port\":\"p\","
		"\"signals\":[{\"kind\":\"tone\",\"cadence\":[{\"hz\":[70000]}]},"
		"{\"kind\":\"tone\",\"cadence\":3},{\"kind\":7},"
		"{\"kind\":\"break\",\"break_ms\":-5,\"calls\":9},"
		"{\"kind\":\"tone\",\"cadence\":[{\"hz\":[400],\"on_ms\":0},"
		"{\"hz\":[400],\"on_ms\":0}],\"calls\":9},"
		"{\"kind\":\"break\",\"break_ms\":90,\"calls\":-9,\"against\":1e9}],"
		"\"releases\":[{\"reason\":\"x\",\"heard\":[]},7,{\"reason\":8}]}]";
	json_t *j = json_loads(text, 0, NULL);
	struct learn_line *l;

	assert_non_null(j);
	assert_int_equal(learned_read(&lines, j), 1);
	l = learn_find(&lines, "a");
	assert_int_equal(l->signals, 1);
	assert_int_equal(l->signal[0].calls, 0);
	assert_int_equal(l->releases, 1);
	json_decref(j);
}

static void a_directory_that_is_not_there_harms_nothing(void **state)
{
	struct loop *loop = loop_epoll_new();
	struct learned *file = learned_new(loop, &lines, "/nowhere/at/all");

	log_set_sink(quiet);
	learned_changed(file);
	learned_free(file);
	file = learned_new(loop, &lines, "");
	learned_changed(file);
	learned_free(file);
	log_set_sink(NULL);
	loop_free(loop);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_cadence_is_found_wherever_it_begins),
		TEST(a_tone_before_any_word_is_ringback),
		TEST(what_varies_is_no_cadence),
		TEST(an_old_tone_ended_nothing),
		TEST(speech_after_it_speaks_against_it),
		TEST(speech_told_late_was_before_the_break),
		TEST(never_from_fewer_calls),
		TEST(a_plan_knows_its_tones),
		TEST(a_restart_keeps_it),
		TEST(a_bad_file_is_put_aside),
		TEST(strange_values_are_left_out),
		TEST(a_directory_that_is_not_there_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
