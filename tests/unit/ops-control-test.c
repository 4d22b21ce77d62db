/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/*
 * The control socket by itself: what a client may send it, and what it takes
 * from one that does not behave.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "ops/control.h"

struct bench {
	struct loop *loop;
	struct control *control;
	char dir[64], path[96], why[256];
	struct timer stop;
	unsigned asked;
};

static struct bench b;
static char logged[1024];

static void sink(enum log_level level, const char *line)
{
	snprintf(logged, sizeof(logged), "%s", line);
}

static json_t *answer(void *arg, struct client *client, const json_t *request)
{
	const char *cmd = json_string_value(json_object_get(request, "cmd"));

	b.asked++;
	if (cmd && !strcmp(cmd, "watch"))
		client_watch(client);
	if (cmd && !strcmp(cmd, "long"))
		return json_pack("{s:b,s:o}", "ok", 1, "text",
				 json_sprintf("%*s", 3000000, "x"));
	if (cmd && !strcmp(cmd, "event")) {
		control_event(b.control, json_pack("{s:s}", "event", "line"));
		return json_pack("{s:b}", "ok", 1);
	}
	return json_pack("{s:b,s:s}", "ok", 1, "cmd", cmd ? cmd : "");
}

static void on_stop(void *arg)
{
	loop_stop(b.loop);
}

static void run_ms(unsigned ms)
{
	timer_start(&b.loop->timers, &b.stop, ms, on_stop, NULL);
	loop_run(b.loop);
}

static int setup(void **state)
{
	memset(&b, 0, sizeof(b));
	*logged = 0;
	log_set_sink(sink);
	strcpy(b.dir, "/tmp/tipring-ops-XXXXXX");
	if (!mkdtemp(b.dir))
		return -1;
	snprintf(b.path, sizeof(b.path), "%s/run/control", b.dir);
	b.loop = loop_epoll_new();
	b.control = control_new(b.loop, b.path, "", answer, NULL, b.why,
				sizeof(b.why));
	return b.control ? 0 : -1;
}

static int teardown(void **state)
{
	char dir[96];

	control_free(b.control);
	loop_free(b.loop);
	unlink(b.path);
	snprintf(dir, sizeof(dir), "%s/run", b.dir);
	rmdir(dir);
	rmdir(b.dir);
	log_set_sink(NULL);
	return 0;
}

static int connect_client(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(a.sun_path, b.path);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void put(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL),
			 (ssize_t)strlen(text));
}

/* What has come by now; "" nothing, NULL: closed by the daemon. */
static const char *got(int fd)
{
	static char buf[65536];
	size_t len = 0;
	ssize_t n;

	run_ms(20);
	while ((n = recv(fd, buf + len, sizeof(buf) - 1 - len, 0)) > 0)
		len += (size_t)n;
	buf[len] = 0;
	return !len && (!n || errno != EAGAIN) ? NULL : buf;
}

static void each_line_is_answered_in_order(void **state)
{
	int fd = connect_client();

	put(fd, "{\"cmd\":\"a\"}\n{\"cmd\":\"b\",\"id\":7}\r\n\n{\"cm");
	assert_string_equal(got(fd), "{\"ok\":true,\"cmd\":\"a\"}\n"
			    "{\"ok\":true,\"cmd\":\"b\",\"id\":7}\n");
	put(fd, "d\":\"c\"}\n");
	assert_string_equal(got(fd), "{\"ok\":true,\"cmd\":\"c\"}\n");
	close(fd);
}

static void a_last_line_needs_no_newline(void **state)
{
	int fd = connect_client();

	put(fd, "{\"cmd\":\"a\"}");
	shutdown(fd, SHUT_WR);
	assert_string_equal(got(fd), "{\"ok\":true,\"cmd\":\"a\"}\n");
	assert_null(got(fd));
	close(fd);
}

static void garbage_is_answered_with_its_place(void **state)
{
	static const struct {
		const char *sent, *answer;
	} cases[] = {
		{ "{\"cmd\": oops}\n", "column 12: invalid token near 'oops'" },
		{ "hello\n", "column 5: '[' or '{' expected near 'hello'" },
		{ "{\"cmd\":\"a\"} x\n", "end of file expected near 'x'" },
		{ "[1]\n", "not a JSON object" },
		{ "\xff\xfe\n", "unable to decode byte 0xff" },
		{ "{\"a\":1,\"a\":2}\n", "duplicate object key" },
	};
	int fd = connect_client();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *reply;

		put(fd, cases[i].sent);
		reply = got(fd);
		assert_non_null(reply);
		if (!strstr(reply, cases[i].answer))
			fail_msg("%s", reply);
		assert_non_null(strstr(reply, "\"ok\":false"));
	}
	assert_int_equal(b.asked, 0);
	/* And the connection still serves. */
	put(fd, "{\"cmd\":\"a\"}\n");
	assert_string_equal(got(fd), "{\"ok\":true,\"cmd\":\"a\"}\n");
	close(fd);
}

static void nul_bytes_do_not_end_a_request_early(void **state)
{
	static const char sent[] = "{\"cmd\":\"a\"}\0{}\n";
	int fd = connect_client();

	assert_int_equal(send(fd, sent, sizeof(sent) - 1, 0), sizeof(sent) - 1);
	assert_non_null(strstr(got(fd), "not JSON"));
	close(fd);
}

static void a_line_without_end_is_refused(void **state)
{
	char *big = malloc(CONTROL_LINE * 2);
	int fd = connect_client();
	const char *reply;
	size_t sent = 0;

	memset(big, 'x', CONTROL_LINE * 2);
	for (int i = 0; i < 50 && sent < CONTROL_LINE * 2; i++) {
		ssize_t n = send(fd, big + sent, CONTROL_LINE * 2 - sent,
				 MSG_NOSIGNAL);

		if (n < 0)
			break;
		sent += (size_t)n;
		run_ms(5);
	}
	free(big);
	reply = got(fd);
	assert_non_null(reply);
	assert_non_null(strstr(reply, "at most 65536 bytes"));
	assert_null(got(fd));
	close(fd);
}

static void a_request_of_many_chunks_is_one(void **state)
{
	int fd = connect_client();

	put(fd, "{\"cmd\":\"a\",\"pad\":\"");
	for (int i = 0; i < 60; i++) {
		char pad[1001];

		memset(pad, 'p', 1000);
		pad[1000] = 0;
		put(fd, pad);
		if (i % 10 == 0)
			run_ms(2);
	}
	put(fd, "\"}\n");
	assert_string_equal(got(fd), "{\"ok\":true,\"cmd\":\"a\"}\n");
	close(fd);
}

/* A reply longer than the socket's buffer arrives whole; meanwhile no further
 * request of that client is read. */
static void long_replies_wait_for_their_reader(void **state)
{
	int fd = connect_client();
	size_t len = 0;
	char buf[65536];
	ssize_t n;

	put(fd, "{\"cmd\":\"long\"}\n{\"cmd\":\"b\"}\n");
	run_ms(30);
	assert_int_equal(b.asked, 1);
	for (int i = 0; i < 2000 && b.asked < 2; i++) {
		while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
			len += (size_t)n;
		run_ms(1);
	}
	assert_int_equal(b.asked, 2);
	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0)
		len += (size_t)n;
	assert_int_equal(len, strlen("{\"ok\":true,\"text\":\"\"}\n") + 3000000 +
			 strlen("{\"ok\":true,\"cmd\":\"b\"}\n"));
	close(fd);
}

static void a_client_that_never_reads_is_dropped(void **state)
{
	int deaf = connect_client(), good = connect_client();
	struct timers *ts = &b.loop->timers;

	put(deaf, "{\"cmd\":\"long\"}\n");
	run_ms(20);
	put(good, "{\"cmd\":\"a\"}\n");
	assert_string_equal(got(good), "{\"ok\":true,\"cmd\":\"a\"}\n");
	timers_advance(ts, ts->now_ms + CONTROL_STUCK_MS + 1);
	assert_non_null(strstr(logged, "does not read its replies"));
	close(deaf);
	close(good);
}

static void events_go_to_who_watches(void **state)
{
	int watcher = connect_client(), other = connect_client();

	put(watcher, "{\"cmd\":\"watch\"}\n");
	assert_string_equal(got(watcher), "{\"ok\":true,\"cmd\":\"watch\"}\n");
	assert_true(control_watched(b.control));
	control_event(b.control, json_pack("{s:s}", "event", "call"));
	assert_string_equal(got(watcher), "{\"event\":\"call\"}\n");
	assert_string_equal(got(other), "");
	/* Half-closed, as nc does at the end of its input: it still listens. */
	shutdown(watcher, SHUT_WR);
	run_ms(10);
	control_event(b.control, json_pack("{s:s}", "event", "line"));
	assert_string_equal(got(watcher), "{\"event\":\"line\"}\n");
	close(watcher);
	run_ms(10);
	assert_false(control_watched(b.control));
	close(other);
}

/* What a command changes is told while its own client is being served. */
static void a_watcher_may_cause_events_itself(void **state)
{
	int fd = connect_client();

	put(fd, "{\"cmd\":\"watch\"}\n");
	got(fd);
	put(fd, "{\"cmd\":\"event\"}\n");
	assert_string_equal(got(fd), "{\"event\":\"line\"}\n{\"ok\":true}\n");
	put(fd, "{\"cmd\":\"event\"}\n{\"cmd\":\"event\"}\n");
	shutdown(fd, SHUT_RDWR);
	close(fd);
	run_ms(20);
	assert_false(control_watched(b.control));
}

static void a_slow_watcher_is_dropped(void **state)
{
	int fd = connect_client();
	char text[1024];

	put(fd, "{\"cmd\":\"watch\"}\n");
	got(fd);
	memset(text, 'e', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	for (int i = 0; i < 2000 && control_watched(b.control); i++)
		control_event(b.control, json_pack("{s:s}", "event", text));
	assert_false(control_watched(b.control));
	assert_non_null(strstr(logged, "does not keep up"));
	close(fd);
}

static void one_client_too_many_is_told(void **state)
{
	int fd[CONTROL_CLIENTS + 1];

	for (int i = 0; i <= CONTROL_CLIENTS; i++) {
		fd[i] = connect_client();
		run_ms(1);
	}
	assert_non_null(strstr(got(fd[CONTROL_CLIENTS]), "too many clients"));
	close(fd[0]);
	close(fd[CONTROL_CLIENTS]);
	run_ms(10);
	fd[0] = connect_client();
	put(fd[0], "{\"cmd\":\"a\"}\n");
	assert_string_equal(got(fd[0]), "{\"ok\":true,\"cmd\":\"a\"}\n");
	for (int i = 0; i < CONTROL_CLIENTS; i++)
		close(fd[i]);
	run_ms(10);
}

static void a_live_socket_is_not_taken(void **state)
{
	struct control *second;

	second = control_new(b.loop, b.path, "", answer, NULL, b.why,
			     sizeof(b.why));
	assert_null(second);
	assert_non_null(strstr(b.why, "another tipringd runs"));
	/* The refused one must not have taken the first one's socket away. */
	assert_int_equal(access(b.path, F_OK), 0);
}

static void a_dead_socket_is_replaced(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	control_free(b.control);
	assert_int_not_equal(access(b.path, F_OK), 0);
	strcpy(a.sun_path, b.path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	close(fd);	/* its inode stays: as after a crash */
	b.control = control_new(b.loop, b.path, "", answer, NULL, b.why,
				sizeof(b.why));
	assert_non_null(b.control);
	assert_non_null(strstr(logged, "replaced"));
}

static void what_is_no_socket_is_left_alone(void **state)
{
	control_free(b.control);
	close(open(b.path, O_CREAT | O_WRONLY, 0600));
	b.control = control_new(b.loop, b.path, "", answer, NULL, b.why,
				sizeof(b.why));
	assert_null(b.control);
	assert_non_null(strstr(b.why, "is not a socket; remove it"));
	assert_int_equal(access(b.path, F_OK), 0);
}

static void the_socket_is_open_to_its_group_only(void **state)
{
	struct stat st;

	assert_int_equal(stat(b.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	control_free(b.control);
	b.control = control_new(b.loop, b.path, "daemon", answer, NULL, b.why,
				sizeof(b.why));
	assert_non_null(b.control);
	assert_int_equal(stat(b.path, &st), 0);
	if (geteuid())
		skip();
	assert_int_equal(st.st_mode & 0777, 0660);
	assert_int_equal(st.st_gid, 1);
	control_free(b.control);
	b.control = control_new(b.loop, b.path, "no-such-group", answer, NULL,
				b.why, sizeof(b.why));
	assert_non_null(b.control);
	assert_non_null(strstr(logged, "there is no group no-such-group"));
	assert_int_equal(stat(b.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void a_path_that_cannot_be_says_why(void **state)
{
	char path[200], why[256];

	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	assert_null(control_new(b.loop, path, "", answer, NULL, why, sizeof(why)));
	assert_non_null(strstr(why, "more than 107 bytes"));
	assert_null(control_new(b.loop, "/nonexistent/a/b", "", answer, NULL, why,
				sizeof(why)));
	assert_non_null(strstr(why, "make its directory"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_line_is_answered_in_order),
		TEST(a_last_line_needs_no_newline),
		TEST(garbage_is_answered_with_its_place),
		TEST(nul_bytes_do_not_end_a_request_early),
		TEST(a_line_without_end_is_refused),
		TEST(a_request_of_many_chunks_is_one),
		TEST(long_replies_wait_for_their_reader),
		TEST(a_client_that_never_reads_is_dropped),
		TEST(events_go_to_who_watches),
		TEST(a_watcher_may_cause_events_itself),
		TEST(a_slow_watcher_is_dropped),
		TEST(one_client_too_many_is_told),
		TEST(a_live_socket_is_not_taken),
		TEST(a_dead_socket_is_replaced),
		TEST(what_is_no_socket_is_left_alone),
		TEST(the_socket_is_open_to_its_group_only),
		TEST(a_path_that_cannot_be_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
