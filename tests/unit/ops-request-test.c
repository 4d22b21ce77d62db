/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The room of operations on a box that is a fake: what it shows of calls and
 * trunks, what it does when told, and what a call's end leaves behind.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/log.h"
#include "base/loop.h"
#include "core/box.h"
#include "core/fraud.h"
#include "core/measure.h"
#include "ops/ops.h"

/* --------------------------------------------------------------- the fake */

static struct box box;
static const struct box_observer *observer;
static void *observer_arg;
static char did[128];
static const char *shown = "pbx-1";	/* the name of any line */
static int answer;		/* of what is asked to be done */
static struct trunk trunk = { .name = "acme", .why_down = "no answer" };

static const struct call_record call = {
	.id = 3, .state = "talking", .called = "201", .from = "acme",
	.from_kind = "sip", .to = "pbx-1", .to_kind = "line",
	.calling = { .number = "555" }, .started = 1000, .answered = 3000,
	.codec = CODEC_PCMA, .released_by = "acme",
};

void box_observe(struct box *b, const struct box_observer *o, void *arg)
{
	observer = o;
	observer_arg = arg;
}

int box_busy_out(struct box *b, const char *line)
{
	snprintf(did, sizeof(did), "busy-out %s", line);
	return answer;
}

int box_return(struct box *b, const char *line)
{
	snprintf(did, sizeof(did), "return %s", line);
	return answer;
}

int box_forget(struct box *b, const char *line)
{
	snprintf(did, sizeof(did), "forget %s", line);
	return answer;
}

/* A line that is measured at once, or not at all. */
int box_measure(struct box *b, const char *line, char *why, size_t size)
{
	static const struct measurement m = {
		.kind = PORT_FXO, .complete = true, .tone = TONE_NOT_HEARD,
	};

	snprintf(did, sizeof(did), "measure %s", line);
	snprintf(why, size, "it is in use (talking)");
	if (!answer && strcmp(line, "later"))
		observer->measured(observer_arg, NULL, &m);
	return answer;
}

void box_measure_stop(struct box *b, const char *line, const char *why)
{
	snprintf(did, sizeof(did), "stop %s: %s", line, why);
}

int box_hangup(struct box *b, uint64_t id)
{
	snprintf(did, sizeof(did), "hangup %d", (int)id);
	return answer;
}

int box_set_limit(struct box *b, const char *what, char direction, int max)
{
	snprintf(did, sizeof(did), "limit %s %c %d", what,
		 direction ? direction : '-', max);
	return answer;
}

uint64_t box_fraud_refused(const struct box *b)
{
	return 2;
}

const char *box_fraud_alarm(const struct box *b)
{
	return "many numbers";
}

void box_each_refusal(const struct box *b,
		      void (*fn)(void *, const struct fraud_refusal *), void *arg)
{
	static const struct fraud_refusal r = { .when = 1000, .from = "pbx-1",
		.to = "acme", .number = "01144", .why = "not a destination" };

	fn(arg, &r);
}

void box_each_fraud_usage(struct box *b,
			  void (*fn)(void *, const struct fraud_usage *), void *arg)
{
	static const struct config_fraud c = { .calls_day = 7 };
	const struct fraud_usage u = { "trunk", "acme", &c, { .calls_day = 3 } };

	fn(arg, &u);
}

void box_each_line(struct box *b, void (*fn)(void *, const struct line *), void *arg)
{
	fn(arg, NULL);
}

void box_each_call(struct box *b, void (*fn)(void *, const struct call_record *),
		   void *arg)
{
	fn(arg, &call);
}

void box_each_trunk(struct box *b, void (*fn)(void *, const struct trunk *),
		    void *arg)
{
	fn(arg, &trunk);
}

void box_each_group(struct box *b, void (*fn)(void *, const struct group_info *),
		    void *arg)
{
}

void line_get_info(const struct line *line, struct line_info *i)
{
	*i = (struct line_info) {
		.name = shown, .port = "sim/1", .group = "", .kind = PORT_FXO,
		.state = "out of service", .why = "no far end", .number = "201",
		.trunk = "acme", .since = 4000,
	};
}

struct media_end *line_end(const struct line *line)
{
	return NULL;
}

const struct config_line *config_line(const struct config *conf, const char *name)
{
	return NULL;
}

/* ---------------------------------------------------------------- the bench */

static struct loop *loop;
static struct ops *ops;
static struct config conf;
static char dir[64], path[96], cdr[96];
static struct timer stop;
static int reload_result;

static int reload(void *arg, config_error_fn *error, void *error_arg)
{
	if (reload_result) {
		error(error_arg, "f:1: one");
		error(error_arg, "f:2: two");
	}
	return reload_result;
}

static void trunk_status(void *arg, const struct trunk *t, struct ops_trunk *o)
{
	o->registration = "waiting";
	o->last_error = "401 Unauthorized: wrong user or secret";
	strcpy(o->address, "udp 192.0.2.1:5060");
	o->next_s = 30;
}

static void counters(void *arg, struct ops_counters *c)
{
	c->sip_strangers = 9;
}

/* 2026-11-23 07:12:00.250 UTC */
static int64_t clock_of_test(void)
{
	return 1795417920250;
}

static void no_log(enum log_level level, const char *line)
{
}

static int setup(void **state)
{
	struct ops_options o = {
		.box = &box, .conf = &conf, .wall_clock = clock_of_test,
		.source = { .reload = reload, .trunk = trunk_status,
			    .counters = counters },
	};
	char why[256];

	log_set_sink(no_log);
	strcpy(dir, "/tmp/tipring-req-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/control", dir);
	snprintf(cdr, sizeof(cdr), "%s/cdr.json", dir);
	conf = (struct config) { .control = path, .control_group = "",
				 .file = "test.conf", .cdr = { .file = cdr } };
	loop = loop_epoll_new();
	memset(&box, 0, sizeof(box));
	list_init(&box.learned);
	box.timers = &loop->timers;
	o.loop = loop;
	*did = 0;
	answer = reload_result = 0;
	ops = ops_new(&o, why, sizeof(why));
	return ops ? 0 : -1;
}

static int teardown(void **state)
{
	ops_free(ops);
	loop_free(loop);
	unlink(cdr);
	rmdir(dir);
	log_set_sink(NULL);
	return observer ? -1 : 0;	/* it must have stopped looking */
}

static void on_stop(void *arg)
{
	loop_stop(loop);
}

static int connect_client(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(a.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static json_t *receive(int fd)
{
	char buf[16384];
	ssize_t n;

	timer_start(&loop->timers, &stop, 20, on_stop, NULL);
	loop_run(loop);
	n = recv(fd, buf, sizeof(buf), 0);
	return n > 0 ? json_loadb(buf, (size_t)n, 0, NULL) : NULL;
}

static json_t *ask(const char *request)
{
	int fd = connect_client();
	json_t *j;

	assert_int_equal(send(fd, request, strlen(request), 0), strlen(request));
	assert_int_equal(send(fd, "\n", 1, 0), 1);
	j = receive(fd);
	close(fd);
	assert_non_null(j);
	return j;
}

static void has(const json_t *j, const char *part)
{
	char *text = json_dumps(j, JSON_COMPACT);

	if (!strstr(text, part))
		fail_msg("%s is not in %s", part, text);
	free(text);
}

static void asked(const char *request, const char *part)
{
	json_t *j = ask(request);

	has(j, part);
	json_decref(j);
}

/* ---------------------------------------------------------------- the tests */

static void lists_show_what_is_there(void **state)
{
	asked("{\"cmd\":\"calls\"}", "\"state\":\"talking\"");
	asked("{\"cmd\":\"calls\"}", "\"codec\":\"PCMA\"");
	asked("{\"cmd\":\"lines\"}", "\"why\":\"no far end\"");
	asked("{\"cmd\":\"trunks\"}", "\"registration\":\"waiting\"");
	asked("{\"cmd\":\"trunks\"}", "\"address\":\"udp 192.0.2.1:5060\"");
	asked("{\"cmd\":\"trunks\"}", "wrong user or secret");
	asked("{\"cmd\":\"groups\"}", "\"groups\":[]");
	asked("{\"cmd\":\"status\"}", "{\"kind\":\"line\",\"name\":\"pbx-1\","
	      "\"why\":\"no far end\"}");
	asked("{\"cmd\":\"status\"}", "{\"kind\":\"trunk\",\"name\":\"acme\","
	      "\"why\":\"no answer\"}");
	asked("{\"cmd\":\"status\"}", "\"sip_strangers\":9");
	asked("{\"cmd\":\"status\"}", "many numbers");
	asked("{\"cmd\":\"fraud\"}", "\"number\":\"01144\"");
	asked("{\"cmd\":\"fraud\"}", "\"most_calls_day\":7");
	asked("{\"cmd\":\"cdr\"}", cdr);
}

static void orders_reach_the_box(void **state)
{
	static const struct {
		const char *request, *did;
	} cases[] = {
		{ "{\"cmd\":\"busy-out\",\"line\":\"pbx-1\"}", "busy-out pbx-1" },
		{ "{\"cmd\":\"return\",\"line\":\"pbx-1\"}", "return pbx-1" },
		{ "{\"cmd\":\"forget\",\"line\":\"pbx-1\"}", "forget pbx-1" },
		{ "{\"cmd\":\"measure\",\"line\":\"pbx-1\"}", "measure pbx-1" },
		{ "{\"cmd\":\"hangup\",\"call\":3}", "hangup 3" },
		{ "{\"cmd\":\"limit\",\"what\":\"box\",\"max\":4}", "limit box - 4" },
		{ "{\"cmd\":\"limit\",\"what\":\"trunk:acme\",\"direction\":\"in\","
		  "\"max\":null}", "limit trunk:acme i -1" },
		{ "{\"cmd\":\"limit\",\"what\":\"group:g\",\"direction\":\"out\","
		  "\"max\":0}", "limit group:g o 0" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		asked(cases[i].request, "\"ok\":true");
		assert_string_equal(did, cases[i].did);
	}
}

static void refusals_name_what_is_not_there(void **state)
{
	answer = -ENOENT;
	asked("{\"cmd\":\"busy-out\",\"line\":\"x\"}", "no line x");
	asked("{\"cmd\":\"forget\",\"line\":\"x\"}", "nothing was learned");
	asked("{\"cmd\":\"forget\"}", "name of a line");
	asked("{\"cmd\":\"measure\"}", "name of a line");
	asked("{\"cmd\":\"measure\",\"line\":7}", "name of a line");
	asked("{\"cmd\":\"measure\",\"line\":\"x\",\"id\":5}", "line x: it is in use");
	asked("{\"cmd\":\"measure\",\"line\":\"x\",\"id\":5}", "\"id\":5");
	asked("{\"cmd\":\"learned\"}", "\"lines\":[]");
	asked("{\"cmd\":\"hangup\",\"call\":4}", "no call 4");
	asked("{\"cmd\":\"limit\",\"what\":\"trunk:x\",\"max\":1}", "no trunk:x");
	*did = 0;
	asked("{\"cmd\":\"limit\",\"what\":\"box\",\"max\":1.5}", "from 0 to 100000");
	asked("{\"cmd\":\"limit\",\"what\":\"box\",\"max\":-1}", "from 0 to 100000");
	asked("{\"cmd\":\"limit\",\"what\":\"box\",\"direction\":\"up\",\"max\":1}",
	      "direction");
	assert_string_equal(did, "");
}

/* The answer comes when there is one; what was asked meanwhile waits for it. */
static void a_measurement_is_answered_later(void **state)
{
	static const char text[] = "{\"cmd\":\"measure\",\"line\":\"later\",\"id\":\"a\"}\n"
		"{\"cmd\":\"cdr\",\"id\":\"b\"}\n";
	struct measurement m = {
		.kind = PORT_FXO, .complete = true, .tone = TONE_OTHER,
		.dial = { .tone = { 4250 }, .tone_level = -120 }, .has_echo = true,
		.echo = { .echo = true, .erl = 80, .worst = 50, .worst_hz = 350,
			  .delay = 123, .over = 301 },
		.settings = 2, .setting = { { .erl = 90 }, { .erl = 210 } },
		.on_hook = { .has_voltage = true, .voltage = -24100 },
		.has_quiet = true, .quiet = { .level = -400, .psophometric = -452,
					      .c_message = -430, .hum = -405, .hum_hz = 50 },
	};
	char both[16384], *second;
	int fd = connect_client();
	ssize_t n;
	json_t *j;

	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
	assert_null(receive(fd));
	observer->measured(observer_arg, NULL, &m);	/* another line */
	assert_null(receive(fd));
	shown = "later";
	observer->measured(observer_arg, NULL, &m);
	shown = "pbx-1";
	timer_start(&loop->timers, &stop, 20, on_stop, NULL);
	loop_run(loop);
	n = recv(fd, both, sizeof(both) - 1, 0);
	assert_true(n > 0);
	both[n] = '\0';
	second = strchr(both, '\n');
	assert_non_null(second);
	assert_non_null(strstr(second, "\"id\":\"b\""));
	j = json_loadb(both, (size_t)(second - both), 0, NULL);
	assert_non_null(j);
	has(j, "\"id\":\"a\"");
	has(j, "\"hz\":[425.0]");
	has(j, "\"is\":\"other\"");
	has(j, "ERL 8.0 dB");
	has(j, "card_impedance = 1;");
	has(j, "\"delay_ms\":12.3");
	has(j, "\"dbrnc0\":47.0");
	has(j, "-24.1 V\",\"verdict\":\"fair\"");
	has(j, "\"what\":\"mains hum\"");
	json_decref(j);
	close(fd);
}

static void who_goes_ends_the_measurement(void **state)
{
	static const char text[] = "{\"cmd\":\"measure\",\"line\":\"later\"}\n";
	int fd = connect_client();

	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
	assert_null(receive(fd));
	assert_string_equal(did, "measure later");
	close(fd);
	timer_start(&loop->timers, &stop, 20, on_stop, NULL);
	loop_run(loop);
	assert_string_equal(did, "stop later: nobody waits for it any more");
	/* And one that the end of the daemon leaves waiting. */
	fd = connect_client();
	assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
	assert_null(receive(fd));
	close(fd);
}

static void reload_errors_come_back_each(void **state)
{
	json_t *j;

	asked("{\"cmd\":\"reload\"}", "{\"ok\":true}");
	reload_result = -EINVAL;
	j = ask("{\"cmd\":\"reload\"}");
	has(j, "test.conf was not taken, nothing has changed");
	has(j, "\"errors\":[\"f:1: one\",\"f:2: two\"]");
	json_decref(j);
}

static void the_end_of_a_call_is_recorded_and_told(void **state)
{
	struct call_record r = call;
	int fd = connect_client();
	char line[4096] = "";
	json_t *j;
	FILE *f;

	assert_int_equal(send(fd, "{\"cmd\":\"watch\"}\n", 16, 0), 16);
	json_decref(receive(fd));
	observer->call_changed(observer_arg, &call);
	j = receive(fd);
	has(j, "\"event\":\"call\"");
	has(j, "\"state\":\"talking\"");
	json_decref(j);
	r.ended = 9000;
	release_set(&r.release, CAUSE_NORMAL, true, "acme hung up");
	observer->call_ended(observer_arg, &r);
	j = receive(fd);
	has(j, "\"event\":\"ended\"");
	has(j, "\"talk_s\":6.0");
	json_decref(j);
	close(fd);
	f = fopen(cdr, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	assert_non_null(strstr(line, "\"reason\":\"acme hung up\""));
	assert_null(strstr(line, "\"event\""));
	asked("{\"cmd\":\"status\"}", "\"ended\":1,\"answered\":1");
}

/* Here and not from core, which would come with all of its own. */
void release_set(struct release *r, enum cause cause, bool by_far_end,
		 const char *format, ...)
{
	r->cause = cause;
	r->by_far_end = by_far_end;
	snprintf(r->why, sizeof(r->why), "%s", format);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_show_what_is_there),
		TEST(orders_reach_the_box),
		TEST(refusals_name_what_is_not_there),
		TEST(a_measurement_is_answered_later),
		TEST(who_goes_ends_the_measurement),
		TEST(reload_errors_come_back_each),
		TEST(the_end_of_a_call_is_recorded_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
