/* SPDX-License-Identifier: GPL-2.0-or-later WITH OpenSSL-exception */
/* The simulated line when an end dies, is hostile, or is not what it should
 * be: it must alarm, heal, and never harm us. */
#define _GNU_SOURCE
#include "drivers-pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "drivers/sim/port.h"

static int setup(void **state)
{
	static struct pair p;

	pair_init(&p);
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	pair_fini(*state);
	return 0;
}

static enum port_alarm alarm_of(struct pair_end *e)
{
	struct port_state s;

	e->driver->state(e->port, &s);
	return s.alarm;
}

static struct sim_counters counters_of(struct pair_end *e)
{
	struct sim_counters c;

	sim_counters(e->port, &c);
	return c;
}

/* The gateway first, then the far end; its death in a call; its return, with
 * the telephone still off hook. */
static void test_heal(void **state)
{
	struct pair *p = *state;

	pair_open_near(p, PORT_FXS, 800);
	p->near.audio = true;
	assert_int_equal(pair_next(p, &p->near, LINE_EVENT_ALARM, 500), ALARM_NO_FAR_END);
	/* What is done to a dead line is remembered, and no error. */
	assert_int_equal(sim_driver.polarity(p->near.port, true), 0);
	assert_int_equal(sim_driver.read(p->near.port, p->near.in, 80), -EAGAIN);
	assert_int_equal(sim_driver.write(p->near.port, p->near.in, 80), 80);
	pair_open_far(p, PORT_FXO);
	pair_next(p, &p->near, LINE_EVENT_ALARM_CLEARED, 1000);
	pair_next(p, &p->far, LINE_EVENT_ALARM_CLEARED, 1000);
	struct port_state s;

	sim_far_driver.state(p->far.port, &s);
	assert_true(s.reversed);
	sim_far_driver.hook(p->far.port, true);
	pair_next(p, &p->near, LINE_EVENT_OFF_HOOK, 500);
	pair_next(p, &p->far, LINE_EVENT_SEIZED, 500);

	pair_close(&p->far);
	assert_int_equal(pair_next(p, &p->near, LINE_EVENT_ALARM, 500), ALARM_NO_FAR_END);
	assert_int_equal(alarm_of(&p->near), ALARM_NO_FAR_END);
	pair_run(p, 600);
	pair_none(&p->near);	/* told once */
	pair_open_far(p, PORT_FXO);
	sim_far_driver.hook(p->far.port, true);
	pair_next(p, &p->near, LINE_EVENT_ALARM_CLEARED, 1000);
	pair_next(p, &p->near, LINE_EVENT_OFF_HOOK, 500);
	assert_int_equal(counters_of(&p->near).connections, 2);
}

/* The gateway dies and comes back; the far end sees both. */
static void test_near_dies(void **state)
{
	struct pair *p = *state;

	pair_connect(p, PORT_FXO, 0);
	sim_driver.hook(p->near.port, true);
	pair_next(p, &p->far, LINE_EVENT_OFF_HOOK, 500);
	pair_close(&p->near);
	pair_next(p, &p->far, LINE_EVENT_ALARM, 500);
	assert_int_equal(sim_far_driver.read(p->far.port, p->far.in, 80), -EAGAIN);
	pair_open_near(p, PORT_FXO, 0);
	pair_next(p, &p->far, LINE_EVENT_ALARM_CLEARED, 500);
	pair_run(p, 50);
	pair_none(&p->far);	/* and it is on hook */
}

static void test_second_near(void **state)
{
	struct pair *p = *state;
	struct pair_end second = { .driver = &sim_driver };
	struct port_conf conf = { .address = "1", .kind = PORT_FXO,
				  .directory = p->directory };
	struct line_event e;
	char why[160];

	pair_connect(p, PORT_FXO, 0);
	assert_int_equal(sim_driver.open(&second.port, &conf, why, sizeof(why)), 0);
	pair_run(p, 100);
	assert_int_equal(sim_driver.next_event(second.port, &e), 1);
	assert_int_equal(e.type, LINE_EVENT_ALARM);
	assert_int_equal(counters_of(&p->far).refused, 1);
	assert_int_equal(counters_of(&second).refused, 1);
	assert_int_equal(alarm_of(&p->near), ALARM_NONE);
	/* It takes over when the first has gone. */
	pair_close(&p->near);
	pair_next(p, &p->far, LINE_EVENT_ALARM, 500);
	for (int i = 0; i < 20 && alarm_of(&second) != ALARM_NONE; i++) {
		pair_run(p, 50);
		while (sim_driver.next_event(second.port, &e) == 1)
			;
	}
	assert_int_equal(alarm_of(&second), ALARM_NONE);
	pair_close(&second);
}

/* Two telephones, or two exchanges, are no line. */
static void test_wrong_kind(void **state)
{
	struct pair *p = *state;

	pair_open_far(p, PORT_FXO);
	pair_open_near(p, PORT_FXO, 0);
	p->near.audio = true;
	assert_int_equal(pair_next(p, &p->near, LINE_EVENT_ALARM, 1000), ALARM_RED);
	assert_int_equal(alarm_of(&p->far), ALARM_NO_FAR_END);
}

static int open_far(const char *directory, const char *line, char *why, size_t size,
		    struct line_port **port)
{
	struct port_conf conf = { .kind = PORT_FXS, .directory = directory };

	snprintf(conf.address, sizeof(conf.address), "%s", line);
	return sim_far_driver.open(port, &conf, why, size);
}

static void test_places(void **state)
{
	struct pair *p = *state;
	struct port_conf conf = { .address = "1", .directory = p->directory };
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char why[320], path[64], deep[160];
	struct line_port *port;
	int fd;

	/* A socket left by a dead process is replaced. */
	snprintf(path, sizeof(path), "%s/1", p->directory);
	strcpy(at.sun_path, path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	pair_open_far(p, PORT_FXS);
	/* A live one is not. */
	assert_int_equal(open_far(p->directory, "1", why, sizeof(why), &port), -EADDRINUSE);
	assert_non_null(strstr(why, "another tipring-pbx"));
	pair_close(&p->far);
	assert_int_equal(access(path, F_OK), -1);
	/* Nor is a file. */
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(open_far(p->directory, "1", why, sizeof(why), &port), -EEXIST);
	assert_non_null(strstr(why, "not a socket"));
	unlink(path);

	assert_int_equal(open_far(p->directory, "../1", why, sizeof(why), &port), -EINVAL);
	assert_int_equal(open_far(p->directory, ".x", why, sizeof(why), &port), -EINVAL);
	assert_int_equal(open_far(p->directory, "", why, sizeof(why), &port), -EINVAL);
	memset(deep, 'd', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = 0;
	assert_int_equal(open_far(deep, "1", why, sizeof(why), &port), -ENAMETOOLONG);
	assert_int_equal(open_far("/nonexistent/x", "1", why, sizeof(why), &port), -ENOENT);
	/* A near end needs to know what it is. */
	assert_int_equal(sim_driver.open(&port, &conf, why, sizeof(why)), -ENODEV);
	assert_non_null(strstr(why, "kind"));
}

/* ------------------------------------------------------- hostile far ends */

/* A far end of the test's own, in place of the driver's. */
struct villain {
	int listen_fd, fd, memory, clock;
	struct sim_shared *shared;
};

static void villain_listen(struct pair *p, struct villain *v)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	*v = (struct villain){ .fd = -1, .memory = -1, .clock = -1 };
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/1", p->directory);
	v->listen_fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(v->listen_fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(v->listen_fd, 4), 0);
}

static void villain_accept(struct pair *p, struct villain *v)
{
	struct wire_message m;
	int fds[WIRE_FDS];

	if (v->fd >= 0)
		close(v->fd);
	v->fd = -1;
	for (int i = 0; i < 200 && v->fd < 0; i++) {
		pair_run(p, 10);
		v->fd = accept(v->listen_fd, NULL, NULL);
	}
	assert_true(v->fd >= 0);
	assert_int_equal(wire_receive(v->fd, &m, fds), 1);
	assert_int_equal(m.type, WIRE_HELLO);
}

static void villain_free(struct pair *p, struct villain *v)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/1", p->directory);
	unlink(path);
	close(v->fd);
	close(v->listen_fd);
	if (v->memory >= 0)
		close(v->memory);
	if (v->clock >= 0)
		close(v->clock);
	if (v->shared)
		munmap(v->shared, sizeof(*v->shared));
}

static struct wire_message hello_of(enum port_kind kind)
{
	return (struct wire_message){
		.magic = WIRE_MAGIC, .version = WIRE_VERSION, .type = WIRE_HELLO,
		.state = WIRE_BATTERY, .kind = kind, .clock = 99,
		.shared_size = sizeof(struct sim_shared) };
}

static void make_memory(struct villain *v, off_t size, bool sealed)
{
	if (v->memory >= 0)
		close(v->memory);
	v->memory = memfd_create("villain", MFD_ALLOW_SEALING);
	assert_int_equal(ftruncate(v->memory, size), 0);
	if (sealed)
		fcntl(v->memory, F_ADD_SEALS, F_SEAL_SHRINK);
	if (v->clock < 0)
		v->clock = eventfd(0, EFD_NONBLOCK);
}

/* Sends a hello that must be refused; the near end comes back. */
static void refused(struct pair *p, struct villain *v, const struct wire_message *m,
		    const int *fds, int count)
{
	unsigned before = counters_of(&p->near).malformed;

	assert_int_equal(wire_send(v->fd, m, fds, count), 0);
	villain_accept(p, v);
	assert_int_equal(counters_of(&p->near).malformed, before + 1);
	assert_int_not_equal(alarm_of(&p->near), ALARM_NONE);
}

static void test_hostile_hello(void **state)
{
	struct pair *p = *state;
	struct villain v;
	struct wire_message m = hello_of(PORT_FXS);
	int pipes[2];

	villain_listen(p, &v);
	pair_open_near(p, PORT_FXO, 0);
	villain_accept(p, &v);
	/* No descriptors; memory that can shrink; too small; not a clock. */
	refused(p, &v, &m, NULL, 0);
	make_memory(&v, sizeof(struct sim_shared), false);
	refused(p, &v, &m, (int[]){ v.memory, v.clock }, 2);
	make_memory(&v, 4096, true);
	refused(p, &v, &m, (int[]){ v.memory, v.clock }, 2);
	make_memory(&v, sizeof(struct sim_shared), true);
	assert_int_equal(pipe(pipes), 0);
	refused(p, &v, &m, (int[]){ v.memory, pipes[0] }, 2);
	refused(p, &v, &m, (int[]){ pipes[0], v.clock }, 2);
	refused(p, &v, &m, (int[]){ v.memory }, 1);
	close(pipes[0]);
	close(pipes[1]);
	/* Other versions, kinds, sizes, types. */
	m.version++;
	refused(p, &v, &m, (int[]){ v.memory, v.clock }, 2);
	m = hello_of(PORT_FXO);
	refused(p, &v, &m, (int[]){ v.memory, v.clock }, 2);
	m = hello_of(PORT_FXS);
	m.shared_size--;
	refused(p, &v, &m, (int[]){ v.memory, v.clock }, 2);
	m = hello_of(PORT_FXS);
	m.type = 77;
	refused(p, &v, &m, NULL, 0);
	m = hello_of(PORT_FXS);
	m.type = WIRE_STATE;	/* before hello */
	refused(p, &v, &m, NULL, 0);
	/* Truncated, too long. */
	unsigned before = counters_of(&p->near).malformed;
	char longer[2 * sizeof(m)] = "";

	assert_int_equal(send(v.fd, &m, 7, 0), 7);
	villain_accept(p, &v);
	memcpy(longer, &m, sizeof(m));
	assert_int_equal(send(v.fd, longer, sizeof(longer), 0), sizeof(longer));
	villain_accept(p, &v);
	assert_int_equal(counters_of(&p->near).malformed, before + 2);
	/* After all that a good one is still taken. */
	m = hello_of(PORT_FXS);
	assert_int_equal(wire_send(v.fd, &m, (int[]){ v.memory, v.clock }, 2), 0);
	pair_expect(p, &p->near, LINE_EVENT_ALARM_CLEARED, 1000);
	villain_free(p, &v);
}

/* Memory that is made smaller afterwards would be SIGBUS: the seal forbids it.
 * Impossible positions end the connection. */
static void test_hostile_ring(void **state)
{
	struct pair *p = *state;
	struct villain v;
	struct wire_message m = hello_of(PORT_FXS);
	uint8_t frame[FRAME_MAX];

	villain_listen(p, &v);
	pair_open_near(p, PORT_FXO, 0);
	for (int i = 0; i < 2; i++) {
		villain_accept(p, &v);
		make_memory(&v, sizeof(struct sim_shared), true);
		assert_int_equal(ftruncate(v.memory, 0), -1);
		if (v.shared)
			munmap(v.shared, sizeof(*v.shared));
		v.shared = mmap(NULL, sizeof(*v.shared), PROT_READ | PROT_WRITE,
				MAP_SHARED, v.memory, 0);
		assert_int_equal(wire_send(v.fd, &m, (int[]){ v.memory, v.clock }, 2), 0);
		pair_expect(p, &p->near, LINE_EVENT_ALARM_CLEARED, 1000);
		if (i == 0) {
			atomic_store(&v.shared->to_near.head, 0x80000000u);
			assert_int_equal(sim_driver.read(p->near.port, frame, 80), -EAGAIN);
		} else {
			atomic_store(&v.shared->to_far.tail, 12345);
			assert_int_equal(sim_driver.write(p->near.port, frame, 80), 80);
		}
		assert_int_equal(counters_of(&p->near).corrupt, i + 1);
		assert_int_equal(alarm_of(&p->near), ALARM_NO_FAR_END);
		pair_expect(p, &p->near, LINE_EVENT_ALARM, 500);
	}
	villain_free(p, &v);
}

/* State messages that make no sense, with times that make none, by the
 * thousand: no event is wrong for ever, and the end is still served. */
static void test_hostile_states(void **state)
{
	struct pair *p = *state;
	struct villain v;
	struct wire_message m = hello_of(PORT_FXO);
	uint32_t seed = 3;
	struct port_state s;

	villain_listen(p, &v);
	pair_open_near(p, PORT_FXS, 800);
	villain_accept(p, &v);
	make_memory(&v, sizeof(struct sim_shared), true);
	wire_send(v.fd, &m, (int[]){ v.memory, v.clock }, 2);
	pair_expect(p, &p->near, LINE_EVENT_ALARM_CLEARED, 1000);
	m.type = WIRE_STATE;
	for (int i = 0; i < 2000; i++) {
		struct line_event e;

		seed = seed * 1664525 + 1013904223;
		m.state = seed;
		m.stamp = (uint64_t)seed << (seed % 33);
		while (wire_send(v.fd, &m, NULL, 0) == -EAGAIN)
			while (sim_driver.next_event(p->near.port, &e) == 1)
				;
	}
	m.state = 0;
	m.stamp = wire_now();
	for (int i = 0; i < 200; i++) {
		struct line_event e;

		if (wire_send(v.fd, &m, NULL, 0) == 0)
			break;
		while (sim_driver.next_event(p->near.port, &e) == 1)
			;
	}
	for (int i = 0; i < 150; i++) {
		struct line_event e;

		while (sim_driver.next_event(p->near.port, &e) == 1)
			;
		usleep(10000);
	}
	sim_driver.state(p->near.port, &s);
	assert_false(s.off_hook);
	assert_int_equal(s.alarm, ALARM_NONE);
	villain_free(p, &v);
}

/* A near end of the same sort. */
static void test_hostile_near(void **state)
{
	struct pair *p = *state;
	struct wire_message m = hello_of(PORT_FXO);
	char path[64], byte = 0;
	int fd[12];

	pair_open_far(p, PORT_FXS);
	snprintf(path, sizeof(path), "%s/1", p->directory);
	/* Many who say nothing, then one who does. */
	for (int i = 0; i < 12; i++) {
		fd[i] = wire_connect(path);
		pair_run(p, 10);
	}
	assert_int_equal(send(fd[11], &byte, 1, MSG_NOSIGNAL), 1);
	pair_run(p, 20);
	assert_int_equal(counters_of(&p->far).malformed, 1);
	for (int i = 0; i < 12; i++)
		close(fd[i]);
	fd[0] = wire_connect(path);
	wire_send(fd[0], &m, NULL, 0);
	pair_next(p, &p->far, LINE_EVENT_ALARM_CLEARED, 500);
	m.type = WIRE_PROBE;	/* after hello */
	wire_send(fd[0], &m, NULL, 0);
	pair_next(p, &p->far, LINE_EVENT_ALARM, 500);
	close(fd[0]);
	pair_open_near(p, PORT_FXO, 0);
	pair_next(p, &p->far, LINE_EVENT_ALARM_CLEARED, 1000);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_heal), T(test_near_dies), T(test_second_near),
		T(test_wrong_kind), T(test_places), T(test_hostile_hello),
		T(test_hostile_ring), T(test_hostile_states), T(test_hostile_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
